import Dispatch

/// Threads of our own for what blocks: Argon2, the disk, and another process that holds the file. Neither the main
/// thread nor the few threads that tasks share may wait for those.
enum Worker {
    /// A serial queue for each piece of work: Dispatch gives a thread to it however many are busy already. A concurrent
    /// queue has its threads out of those that tasks of the same priority share on Linux, and two runs of Argon2 would be
    /// all of them on two cores. So work begins at once, whatever else is under way.
    private static func queue() -> DispatchQueue { DispatchQueue(label: "jp.warifu.worker", qos: .userInitiated) }

    /// What has begun ends, also if the task is cancelled meanwhile: a write cannot be taken back, and the caller is
    /// told the truth.
    static func run<Value: Sendable>(
        _ work: @escaping @Sendable () throws -> Value
    ) async throws(WarifuError) -> Value {
        guard !Task.isCancelled else { throw .cancelled }
        return try await finish(work)
    }

    /// As ``run(_:)``, also for a task that is cancelled.
    static func finish<Value: Sendable>(
        _ work: @escaping @Sendable () throws -> Value
    ) async throws(WarifuError) -> Value {
        let result: Result<Value, WarifuError> = await withCheckedContinuation { continuation in
            queue().async {
                continuation.resume(returning: Result { () throws(WarifuError) in try translated(work) })
            }
        }
        return try result.get()
    }
}
