import Foundation
import Testing
import Warifu

/// The scenarios of `tests/scenarios.json`, through the layer, on the real core. `docs/scenarios.md` describes the table;
/// the suites of the other languages run the same one. `WARIFU_SCENARIO=text` runs those whose name holds the text.
@Suite struct Scenarios {
    static let table = Result { try Table.read() }

    static var chosen: [Scenario] {
        let text = ProcessInfo.processInfo.environment["WARIFU_SCENARIO"] ?? ""
        let all = (try? table.get().scenarios) ?? []
        return text.isEmpty ? all : all.filter { $0.name.contains(text) }
    }

    @Test(arguments: chosen)
    func holds(_ scenario: Scenario) async throws {
        try await Runner.run(scenario, cost: try Self.table.get().cost)
        print("scenario holds: \(scenario.name)")
    }

    @Test func theTableListsTheOpsThatThisSuiteKnowsAndEachIsUsed() throws {
        let table = try Self.table.get()
        let known = Set(Op.allCases.map(\.rawValue))
        #expect(Set(table.ops) == known)
        #expect(table.ops.count == known.count, "an op is listed twice")
        #expect(table.scenarios.reduce(into: Set()) { $0.formUnion(Self.ops(of: .array($1.steps))) } == known)
    }

    @Test func aScenarioHasANameOfItsOwnAndSteps() throws {
        let scenarios = try Self.table.get().scenarios
        #expect(!scenarios.isEmpty)
        #expect(Set(scenarios.map(\.name)).count == scenarios.count)
        #expect(scenarios.allSatisfy { !$0.steps.isEmpty })
        #expect(!Self.chosen.isEmpty, "no scenario is named so")
    }

    /// A runner that lets everything through would show nothing.
    @Test(arguments: [
        ([#"{"op": "fly"}"#], "the op fly is not known"),
        ([#"{"op": "lock", "when": "now"}"#], "no token is called main"),
        ([create, #"{"op": "lock", "when": "now"}"#], "the argument when is not known"),
        ([#"{"op": "refuse_next", "refusal": "shy"}"#], "refusal cannot be shy"),
        ([#"{"op": "open"}"#], "W-102"),
        ([create, #"{"op": "lock", "error": {"code": "W-101"}}"#], "no error"),
        ([create, #"{"op": "unlock", "by": "device", "error": {"code": "W-101"}}"#], "W-123"),
        ([create, #"{"op": "is_unlocked", "expect": {"unlocked": false}}"#], "true observed"),
        ([create, #"{"op": "screen", "expect": {"colour": 1}}"#], "there is no colour"),
        ([create, #"{"op": "screen", "expect": {"cards": [{}]}}"#], "1 in the table, 0 observed"),
        ([create, #"{"op": "remove", "entry": "nobody"}"#], "no entry is called nobody"),
        ([#"{"op": "hold_next", "errand": "wrap"}"#, #"{"op": "create_on_device"}"#], "foreground would rest"),
        (
            [
                #"{"op": "hold_next", "errand": "wrap"}"#,
                #"{"op": "start", "task": "t", "step": {"op": "create_on_device"}}"#,
            ], "a task was not finished"
        ),
    ])
    func theRunnerRefuses(_ steps: [String], _ says: String) async throws {
        let steps = try steps.map { try JSONDecoder().decode(JSON.self, from: Data($0.utf8)) }
        let scenario = Scenario(name: "made up", steps: steps)
        await #expect {
            try await Runner.run(scenario, cost: try Self.table.get().cost)
        } throws: {
            "\($0)".contains(says)
        }
    }

    private static let create = #"{"op": "create", "passphrase": "correct horse"}"#

    /// The ops of steps and of those within them.
    private static func ops(of value: JSON) -> Set<String> {
        switch value {
        case .array(let values): return values.reduce(into: []) { $0.formUnion(ops(of: $1)) }
        case .object(let fields):
            var found = ops(of: fields["steps"] ?? .null).union(ops(of: fields["step"] ?? .null))
            if case .string(let op)? = fields["op"] { found.insert(op) }
            return found
        default: return []
        }
    }
}
