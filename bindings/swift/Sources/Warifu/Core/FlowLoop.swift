internal import WarifuFFI

/// Drives a flow of the core to its end: does its errands, sleeps its waits.
struct FlowLoop: Sendable {
    let flow: WarifuFFI.Flow
    let standing: Standing
    let errands: Errands
    let clock: any DeviceClock
    /// Whether a wait that wrong PINs have earned is slept, or told.
    var waits = true

    func run() async throws(WarifuError) -> WarifuFFI.Outcome {
        /// What the key store or the transport threw that they are not meant to throw, last.
        var cause: (any Error)?
        do {
            var step = try await go { flow, now in try flow.step(now: now) }
            while true {
                switch step {
                case .done(let outcome):
                    return outcome
                case .wait(let until):
                    let until = Duration.milliseconds(until)
                    try tell(waitUntil: until)
                    try await sleep(until: until)
                    step = try await go { flow, now in try flow.step(now: now) }
                case .ask(let ticket, let errand):
                    let answer = try await answer(to: errand, cause: &cause)
                    defer { answer.wipe() }
                    step = try await go { flow, now in try flow.answer(ticket: ticket, answer: answer, now: now) }
                }
            }
        } catch {
            throw error.with(cause: cause)
        }
    }

    private func go(
        _ step: @escaping @Sendable (WarifuFFI.Flow, WarifuFFI.DeviceTime) throws -> WarifuFFI.Step
    ) async throws(WarifuError) -> WarifuFFI.Step {
        if Task.isCancelled { throw abandoned() }
        return try await Worker.finish { [flow, clock] in try step(flow, clock.now.core) }
    }

    /// An overtaken flow is answered all the same: what it has come to is the core's to say.
    private func answer(
        to errand: WarifuFFI.Errand, cause: inout (any Error)?
    ) async throws(WarifuError) -> WarifuFFI.Answer {
        switch errand {
        case .key(let errand): return .key(try await answer(to: errand, cause: &cause))
        case .http(let errand): return .http(try await answer(to: errand, cause: &cause))
        }
    }

    private func answer(
        to errand: WarifuFFI.HttpErrand, cause: inout (any Error)?
    ) async throws(WarifuError) -> WarifuFFI.HttpAnswer {
        switch await standing.await({ [errands] in try await errands.send(errand) }, late: { $0.body.wipe() }) {
        case .done(let response): return response.core
        case .threw(let failure as HTTPFailure): return .failed(failure.core)
        case .threw(is CancellationError), .overtaken: return .failed(.unavailable)
        case .threw(let error):
            cause = error
            return .failed(HTTPFailure(error).core)
        case .cancelled: throw abandoned()
        }
    }

    private func answer(
        to errand: WarifuFFI.KeyErrand, cause: inout (any Error)?
    ) async throws(WarifuError) -> WarifuFFI.KeyAnswer {
        switch await standing.await(errands.queue(errand), late: { $0.wipe() }) {
        case .done(let answer): return answer
        case .threw(let refusal as KeyRefusal): return .refused(refusal.core)
        case .threw(is CancellationError), .overtaken: return .refused(.cancelled)
        case .threw(let unexpected):
            cause = unexpected
            return .refused(.unavailable)
        case .cancelled: throw abandoned()
        }
    }

    private func tell(waitUntil until: Duration) throws(WarifuError) {
        let left = until - clock.now.uptime
        guard !waits, left > .zero else { return }
        flow.abandon()
        throw .pinMustWait(left)
    }

    /// Comes back early if the flow is overtaken; the next step tells by what.
    private func sleep(until uptime: Duration) async throws(WarifuError) {
        let rest = { @Sendable [clock] in
            while clock.now.uptime < uptime { try await clock.sleep(untilUptime: uptime) }
        }
        switch await standing.await(rest) {
        case .done, .overtaken: break
        case .threw, .cancelled: throw abandoned()
        }
    }

    private func abandoned() -> WarifuError {
        flow.abandon()
        return .cancelled
    }
}
