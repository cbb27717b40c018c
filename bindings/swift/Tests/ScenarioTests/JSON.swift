import Foundation

/// A value as the table writes it. It has no fractions.
enum JSON: Hashable, Sendable {
    case null
    case bool(Bool)
    case int(Int64)
    case string(String)
    case array([JSON])
    case object([String: JSON])
}

extension JSON: Decodable {
    init(from decoder: any Decoder) throws {
        let value = try decoder.singleValueContainer()
        if value.decodeNil() {
            self = .null
        } else if let bool = try? value.decode(Bool.self) {
            self = .bool(bool)
        } else if let int = try? value.decode(Int64.self) {
            self = .int(int)
        } else if let string = try? value.decode(String.self) {
            self = .string(string)
        } else if let array = try? value.decode([JSON].self) {
            self = .array(array)
        } else {
            self = .object(try value.decode([String: JSON].self))
        }
    }
}

extension JSON: ExpressibleByStringLiteral, ExpressibleByDictionaryLiteral, ExpressibleByArrayLiteral {
    init(stringLiteral text: String) { self = .string(text) }

    init(dictionaryLiteral pairs: (String, JSON)...) { self = .object(Dictionary(uniqueKeysWithValues: pairs)) }

    init(arrayLiteral values: JSON...) { self = .array(values) }

    init(_ int: some BinaryInteger) { self = .int(Int64(int)) }

    init(_ text: String?) { self = text.map(JSON.string) ?? .null }
}

extension JSON: CustomStringConvertible {
    var description: String {
        switch self {
        case .null: "null"
        case .bool(let bool): "\(bool)"
        case .int(let int): "\(int)"
        case .string(let text): "\"\(text)\""
        case .array(let values): "[\(values.map(\.description).joined(separator: ", "))]"
        case .object(let pairs):
            "{\(pairs.sorted { $0.key < $1.key }.map { "\"\($0)\": \($1)" }.joined(separator: ", "))}"
        }
    }
}

extension JSON {
    /// What keeps `self` from holding all that `expected` says, or `nil`. What that does not mention may be anything.
    func misses(_ expected: JSON, path: String) -> String? {
        switch (expected, self) {
        case (.object(let expected), .object(let observed)):
            return expected.sorted { $0.key < $1.key }.lazy.compactMap { key, value in
                guard let found = observed[key] else { return "\(path): there is no \(key)" }
                return found.misses(value, path: "\(path).\(key)")
            }.first
        case (.array(let expected), .array(let observed)):
            guard expected.count == observed.count else {
                return "\(path): \(expected.count) in the table, \(observed.count) observed"
            }
            return zip(expected, observed).enumerated().lazy.compactMap { at, pair in
                pair.1.misses(pair.0, path: "\(path)[\(at)]")
            }.first
        default:
            return self == expected ? nil : "\(path): \(expected) in the table, \(self) observed"
        }
    }

    func merging(_ other: JSON) -> JSON {
        guard case .object(let mine) = self, case .object(let others) = other else { return self }
        return .object(mine.merging(others) { $1 })
    }

    /// With `{n}` written out in every text: the number's last three decimal digits as letters, A for 0.
    func numbered(_ number: Int) -> JSON {
        switch self {
        case .string(let text):
            let letters = [100, 10, 1].map { UnicodeScalar(UInt8(ascii: "A") + UInt8(number / $0 % 10)) }
            return .string(text.replacing("{n}", with: String(String.UnicodeScalarView(letters))))
        case .array(let values): return .array(values.map { $0.numbered(number) })
        case .object(let pairs): return .object(pairs.mapValues { $0.numbered(number) })
        case .null, .bool, .int: return self
        }
    }
}
