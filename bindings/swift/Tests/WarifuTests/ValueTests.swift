import Foundation
import Testing
import Warifu
import WarifuTesting

/// The values by themselves.
@Suite struct ValueTests {
    @Test(arguments: [
        (KeyRefusal.missing, "W-130"), (.invalidated, "W-129"), (.cancelled, "W-133"), (.lockedOut, "W-134"),
        (.notEnrolled, "W-135"), (.unavailable, "W-136"),
    ])
    func aRefusalOfTheKeyStoreHasItsSupportCode(_ refusal: KeyRefusal, _ code: String) {
        let error = WarifuError(refusal)
        #expect(error.reason == .keyStore(refusal))
        #expect(error.supportCode == code)
    }

    @Test func wipedBytesAreEmptyAndNotATrap() {
        let bytes = SecretBytes(utf8: TestSecrets.pin)
        #expect(bytes.withUnsafeBytes { Array($0) } == Array(TestSecrets.pin.utf8))
        bytes.wipe()
        bytes.wipe()
        #expect(bytes.isEmpty && bytes.count == 0)
        #expect(bytes.withUnsafeBytes { $0.count } == 0)
        #expect(bytes == SecretBytes([]))
    }

    @Test func aWipedPINIsNoPINAndCostsNoTry() async throws {
        let fixture = try await Fixture()
        let pin = SecretBytes(utf8: TestSecrets.pin)
        try await fixture.token.slots.set(.pin(pin, cost: TestSecrets.quick))
        pin.wipe()
        await expect(.pin(.notDigits)) { try await fixture.token.unlock(.pin(pin)) }
        await expect(.wrongPIN(triesLeft: 5, wait: .zero)) {
            try await fixture.token.unlock(.pin(SecretBytes(utf8: "71640382")))
        }
    }

    @Test func secretBytesAreEqualByTheirContent() {
        #expect(SecretBytes(utf8: "abc") == SecretBytes([97, 98, 99]))
        #expect(SecretBytes(utf8: "abc") != SecretBytes(utf8: "abd"))
        #expect(SecretBytes(utf8: "abc") != SecretBytes(utf8: "ab"))
        let one = SecretBytes(utf8: "abc")
        #expect(one == one)
        #expect(Set([one, SecretBytes(utf8: "abc")]).count == 1)
    }

    @Test func wipingBytesThatOthersReadIsSafe() async {
        let bytes = SecretBytes(Array(repeating: 7, count: 4_096))
        await withTaskGroup(of: Void.self) { group in
            for number in 0..<50 {
                group.addTask {
                    if number == 25 { bytes.wipe() }
                    let read = bytes.withUnsafeBytes { Array($0) }
                    #expect(read.isEmpty || read == Array(repeating: 7, count: 4_096))
                }
            }
        }
        #expect(bytes.isEmpty)
    }

    @Test func whoIsShownTheBytesMayUseThem() {
        let bytes = SecretBytes(utf8: "abc")
        bytes.withUnsafeBytes { shown in
            #expect(bytes.count == 3 && "\(bytes)" == "SecretBytes(3 bytes)")
            #expect(bytes == bytes && bytes == SecretBytes(shown))
            bytes.wipe()
            #expect(bytes.isEmpty)
            #expect(shown.elementsEqual([0, 0, 0]))
        }
    }

    @Test func codesAreEqualByTheirDigits() {
        #expect(Code.sample("123 456") == Code.sample("123 456"))
        #expect(Code.sample("123 456") != Code.sample("123 457"))
        #expect(Set([Code.sample("123 456"), Code.sample("123 456")]).count == 1)
        #expect(Code.sample("123 456 7890").count == 10)
    }

    @Test func anIdentifierIsTakenBackAsItWasGivenAndInNoOtherForm() async throws {
        let fixture = try await Fixture()
        let entry = try #require(try fixture.token.screen().cards.first?.id)
        #expect(EntryID(rawValue: entry.rawValue) == entry)
        let slot = try await fixture.token.slots.list()[0].id
        #expect(SlotID(rawValue: slot.rawValue) == slot)
        let press = PressID()
        #expect(PressID(rawValue: press.rawValue) == press)
        #expect(press != PressID())
        for wrong in ["", String(entry.rawValue.dropLast()), entry.rawValue + "0", String(repeating: "G", count: 32)] {
            #expect(EntryID(rawValue: wrong) == nil && PressID(rawValue: wrong) == nil)
        }
        #expect(EntryID(rawValue: String(repeating: "A", count: 32)) == nil)
        #expect(SlotID(rawValue: entry.rawValue) == nil)
    }

    @Test func anInstantCrossesByTheMillisecondThatHasBegun() async throws {
        let fixture = try await Fixture()
        // The last millisecond of a period, and fractions of it: the next code is not there yet.
        for fraction in [0, 0.0004, 0.0009] {
            fixture.clock.set(wall: Date(timeIntervalSince1970: 2_000_000_039.999 + fraction))
            let timed = try #require(try fixture.token.screen().timed)
            #expect(timed.code.digits == "637009")
            #expect(timed.remaining == .milliseconds(1))
        }
        fixture.clock.set(wall: Date(timeIntervalSince1970: 2_000_000_040))
        #expect(try fixture.token.screen().code == "353674")
    }

    @Test(arguments: [-62_135_769_600, 64_092_211_200, 1e300, -1e300, .infinity, .nan])
    func noDateIsATrap(_ seconds: TimeInterval) async throws {
        let fixture = try await Fixture()
        fixture.clock.set(wall: Date(timeIntervalSince1970: seconds))
        #expect(throws: WarifuError.self) { try fixture.token.screen() }
    }

    @Test(arguments: [Duration.seconds(-5), .seconds(Int64.max), .zero])
    func noUptimeIsATrap(_ uptime: Duration) async throws {
        let fixture = try await Fixture()
        let clock = ManualClock(DeviceTime(wall: fixture.clock.now.wall, uptime: uptime, boot: fixture.clock.now.boot))
        let token = try await Token.open(at: fixture.folder.vault, protector: fixture.protector, clock: clock)
        try await token.unlock(.device)
        let screen = try token.screen()
        // By the other the core's own count of milliseconds ends, and a code means nothing.
        #expect(screen.code == "637009" || uptime > .seconds(1_000_000_000_000))
    }

    /// As Apple's systems and Linux write them.
    @Test(arguments: ["5A2B1C3D-0E4F-4A6B-8C7D-9E0F1A2B3C4D", "5a2b1c3d-0e4f-4a6b-8c7d-9e0f1a2b3c4d\n"])
    func aBootIsTheSameInEverySystemsWords(_ text: String) throws {
        let uuid = try #require(UUID(uuidString: "5a2b1c3d-0e4f-4a6b-8c7d-9e0f1a2b3c4d"))
        #expect(BootID(systemText: text) == BootID(uuid))
    }

    @Test(arguments: ["", "\n", "0", "5a2b1c3d0e4f4a6b8c7d9e0f1a2b3c4d", "5a2b1c3d-0e4f-4a6b-8c7d-9e0f1a2b3c4d-0"])
    func whatIsNoUUIDIsNoBoot(_ text: String) {
        #expect(BootID(systemText: text) == nil)
    }

    @Test func aBootIsReadUpToTheZeroBehindIt() throws {
        let text = "5A2B1C3D-0E4F-4A6B-8C7D-9E0F1A2B3C4D"
        let bytes = text.utf8.map(CChar.init(bitPattern:))
        let boot = try #require(BootID(systemText: text))
        for rest in [[], [0], [0, 0, 0], [0, 65, -1]] as [[CChar]] {
            #expect(BootID(systemBytes: bytes + rest) == boot)
        }
        // None, one without an end, and what is no text.
        for wrong in [[], [0], bytes + [65], [0] + bytes, [-1, -2], Array(repeating: 65, count: 64)] as [[CChar]] {
            #expect(BootID(systemBytes: wrong) == nil)
        }
    }

    @Test func theSystemClockCountsFromTheBootAndSleepsAsLongAsItSays() async throws {
        let clock = SystemClock()
        let (first, second) = (clock.now, SystemClock().now)
        #expect(first.boot == second.boot)
        #expect(first.uptime > .zero && first.uptime <= second.uptime)
        #expect(abs(first.wall.timeIntervalSinceNow) < 5)
        #if os(Linux)
            let kernel = try String(contentsOfFile: "/proc/uptime", encoding: .utf8)
            let uptime = try #require(Double(kernel.prefix { $0 != " " }))
            #expect(abs(Double(second.uptime.components.seconds) - uptime) < 5)
        #endif
        try await clock.sleep(untilUptime: second.uptime + .milliseconds(30))
        #expect(clock.now.uptime >= second.uptime + .milliseconds(29))
        try await clock.sleep(untilUptime: .zero)
        let sleeper = Task { try await clock.sleep(untilUptime: clock.now.uptime + .seconds(600)) }
        sleeper.cancel()
        await #expect(throws: CancellationError.self) { try await sleeper.value }
    }

    @Test func aBootPrintsAsMuchAsTellsTwoApart() {
        let boot = BootID(UUID())
        #expect("\(boot)" == "BootID(\(boot.uuid.uuidString.prefix(4))…)")
    }

    @Test func aSampleOfAnErrorIsWhatATokenThrows() async throws {
        let errors = SampleError.allCases.map(\.error)
        #expect(Set(errors.map(\.reason)).count == SampleError.allCases.count)
        #expect(errors.allSatisfy { $0.supportCode?.hasPrefix("W-") == true })
        #expect(SampleError.wrongPIN.error.reason == .wrongPIN(triesLeft: 3, wait: .zero))
        let fixture = try await Fixture()
        do {
            try await fixture.token.entries.add(SecretBytes(utf8: "otpauth://totp/Bank"))
            Issue.record("no error")
        } catch {
            let sample = SampleError.linkWithoutSecret.error
            #expect(error.reason == sample.reason && "\(error)" == "\(sample)")
        }
    }

    @Test func thereIsASampleOfEachState() {
        let all = SampleScreen.allCases.map(\.screen)
        #expect(Set(all).count == SampleScreen.allCases.count)
        let cards = all.flatMap(\.cards)
        #expect(all.contains { $0.lock == .locked } && all.contains { $0.lock == .unlocked && $0.cards.isEmpty })
        #expect(cards.contains { if case .hotp = $0.face { true } else { false } })
        #expect(cards.contains { if case .notYet = $0.face { true } else { false } })
        #expect(cards.contains { $0.weakness != nil })
        for case .totp(let timed) in cards.map(\.face) {
            #expect(timed.code.count == timed.next.count && (6...10).contains(timed.code.count))
            #expect(timed.remaining == .seconds(timed.secondsLeft) && timed.remaining <= timed.period)
        }
        for screen in all { #expect(Set(screen.cards.map(\.id)).count == screen.cards.count) }
    }
}
