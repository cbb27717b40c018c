import Foundation
import WarifuFFI
import warifu_ffiFFI

import struct Warifu.BootID
import struct Warifu.DeviceTime
import protocol Warifu.DeviceClock
import enum Warifu.Unlock
import class Warifu.Token

// usage: WarifuBench FOLDER
//
// Swift's part of `bindings/speed`, which measures a tick in every language in one run. The folder has vaults that are
// named COUNT.warifu. It first prints what the first call of the process took, then answers each line of its input with
// one of nanoseconds:
//
// - `open COUNT`: unlocks the vault; what the first tick took.
// - `WAY COUNT CALLS`: so many ticks; their median. A way is `c`, the C call alone, `lifted`, the generated call, which
//   reads the buffer into values, or `screen`, the layer's `screen()`.

say(time { _ = describe(error: .locked) })

var opened: [Substring: (core: WarifuFFI.Token, token: Token)] = [:]
while let line = readLine() {
    let words = line.split(separator: " ")
    let count = words[1]
    if words[0] == "open" {
        let tokens = try await open(CommandLine.arguments[1] + "/\(count).warifu")
        say(time { precondition((try? tokens.token.screen())?.cards.count == Int(count)) })
        opened[count] = tokens
        continue
    }
    guard let (core, token) = opened[count], let calls = Int(words[2]) else { fatalError("no such vault") }
    let now = WarifuFFI.DeviceTime(wall: 2_000_000_000_000, uptime: 7_000_000, boot: String(repeating: "01", count: 16))
    switch words[0] {
    case "c": say(median(of: calls) { byTheCFunction(core, now) })
    case "lifted": say(median(of: calls) { _ = try? core.screen(now: now) })
    case "screen": say(median(of: calls) { _ = try? token.screen() })
    default: fatalError("no such way")
    }
}

func open(_ path: String) async throws -> (core: WarifuFFI.Token, token: Token) {
    let passphrase = SecretBytes(utf8: "correct horse battery")
    let core = try WarifuFFI.Token.open(path: path)
    _ = try core.unlock(passphrase: passphrase)
    let token = try await Token.open(at: URL(filePath: path), clock: StandingClock())
    try await token.unlock(.passphrase(passphrase))
    return (core, token)
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

func median(of calls: Int, _ call: () -> Void) -> Int64 {
    (0..<calls).map { _ in time(call) }.sorted()[calls / 2]
}

/// In nanoseconds.
func time(_ call: () -> Void) -> Int64 {
    let (seconds, attoseconds) = ContinuousClock().measure(call).components
    return seconds * 1_000_000_000 + attoseconds / 1_000_000_000
}

func say(_ nanoseconds: Int64) {
    FileHandle.standardOutput.write(Data("\(nanoseconds)\n".utf8))
}
