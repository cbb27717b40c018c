import Foundation
import WarifuFFI
import warifu_ffiFFI

import struct Warifu.BootID
import struct Warifu.DeviceTime
import protocol Warifu.DeviceClock
import enum Warifu.Unlock
import class Warifu.Token

// usage: WarifuBench COUNT...
//
// What a tick costs over Swift's C call, for vaults named COUNT.warifu in the current folder, with so many credentials.
// `many_credentials` of the boundary's crate makes them. Prints a table in Markdown.

// The first thing that this process asks of the library.
let begin = ContinuousClock.now
_ = describe(error: .locked)
let first = ContinuousClock.now - begin
let again = median(of: 1_000) { _ = describe(error: .locked) }
print("first call after load: \(text(first)); the same call again: \(text(again))\n")

let passphrase = SecretBytes(utf8: "correct horse battery")
print("| credentials | first tick | C call | and lifted | the layer's `screen()` |")
print("|---:|---:|---:|---:|---:|")
for count in CommandLine.arguments.dropFirst().compactMap({ Int($0) }) {
    let file = URL(filePath: "\(count).warifu")
    let runs = max(15, min(2_000, 40_000 / count))

    let core = try WarifuFFI.Token.open(path: file.path(percentEncoded: false))
    _ = try core.unlock(passphrase: passphrase)
    let now = WarifuFFI.DeviceTime(wall: 2_000_000_000_000, uptime: 7_000_000, boot: String(repeating: "01", count: 16))
    let firstTick = time { precondition((try? core.screen(now: now).cards.count) == count) }
    let call = median(of: runs) { byTheCFunction(core, now) }
    let lifted = median(of: runs) { _ = try? core.screen(now: now) }

    let token = try await Token.open(at: file, clock: StandingClock())
    try await token.unlock(.passphrase(passphrase))
    let whole = median(of: runs) { _ = try? token.screen() }
    print("| \(count) | \(text(firstTick)) | \(text(call)) | \(text(lifted)) | \(text(whole)) |")
}

/// A clock that costs nothing.
struct StandingClock: DeviceClock {
    let now = Warifu.DeviceTime(
        wall: Date(timeIntervalSince1970: 2_000_000_000), uptime: .seconds(7_000), boot: BootID(UUID()))

    func sleep(untilUptime uptime: Duration) async throws(CancellationError) {}
}

/// The call as the generated code makes it, but for reading the buffer.
func byTheCFunction(_ token: WarifuFFI.Token, _ now: WarifuFFI.DeviceTime) {
    var status = RustCallStatus()
    let screen = uniffi_warifu_ffi_fn_method_token_screen(
        token.uniffiCloneHandle(), FfiConverterTypeDeviceTime_lower(now), &status)
    precondition(status.code == 0 && screen.len > 0)
    ffi_warifu_ffi_rustbuffer_free(screen, &status)
}

func time(_ work: () -> Void) -> Duration {
    ContinuousClock().measure(work)
}

func median(of runs: Int, _ work: () -> Void) -> Duration {
    work()
    return (0..<runs).map { _ in time(work) }.sorted()[runs / 2]
}

func text(_ duration: Duration) -> String {
    let microseconds = Double(duration.components.attoseconds) / 1e12 + Double(duration.components.seconds) * 1e6
    return microseconds < 1_000
        ? String(format: "%.1f µs", microseconds) : String(format: "%.2f ms", microseconds / 1_000)
}
