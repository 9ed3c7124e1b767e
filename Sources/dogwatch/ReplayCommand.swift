import ArgumentParser
import FoundationEssentials
import Targets

/// The rules of alerting on a script of what happened, with a clock that the script moves: the same
/// types that a watch runs, without a network or a terminal.
struct ReplayCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "replay",
        abstract: "Evaluate alerting on a script of what happened: JSON in, JSON out.",
        discussion: "Exit code: 0 when everything was evaluated, 2 for a malformed file.",
        subcommands: [
            ReplayRules.self, ReplaySLO.self, ReplayQuantile.self, ReplayInhibition.self,
            ReplayGrouping.self, ReplayHMAC.self, ReplayDelivery.self,
        ])
}

/// A command that answers one JSON document with another.
protocol ScriptCommand: ParsableCommand {
    associatedtype Script: Decodable
    associatedtype Answer: Encodable

    var file: ScriptFile { get }

    func answer(_ script: Script) throws(ScriptFault) -> Answer
}

extension ScriptCommand {
    func run() throws { try runScript() }

    func runScript() throws {
        do {
            say(try pretty(answer(try file.read(as: Script.self))))
        } catch let fault as ScriptFault {
            complain("dogwatch: \(file.path): \(fault)")
            throw ExitCode(ExitCodes.malformed)
        }
    }
}

/// The file that a script command reads.
struct ScriptFile: ParsableArguments {
    @Argument(help: "The script, as JSON; - is standard input.")
    var path: String

    init() {}

    init(path: String) { self.path = path }

    func read<Script: Decodable>(as type: Script.Type) throws(ScriptFault) -> Script {
        let bytes: [UInt8]
        do throws(FileFault) {
            bytes = try readFile(path)
        } catch {
            throw ScriptFault("\(error)")
        }
        let decoder = JSONDecoder()
        decoder.nonConformingFloatDecodingStrategy = .convertFromString(
            positiveInfinity: "+Inf", negativeInfinity: "-Inf", nan: "NaN")
        do {
            return try decoder.decode(type, from: Data(bytes))
        } catch let error as DecodingError {
            throw ScriptFault(error)
        } catch {
            throw ScriptFault("\(error)")
        }
    }
}

/// What is wrong with a script, in one line.
struct ScriptFault: Error, CustomStringConvertible {
    let description: String

    init(_ description: String) {
        self.description = cleaned(description, limit: 400)
    }

    /// With the place in the document: "scenarios[3].rule.op: …".
    init(_ error: DecodingError) {
        switch error {
        case .keyNotFound(let key, let context):
            self.init(Self.place(context.codingPath) + "\"\(key.stringValue)\" is missing")
        case .typeMismatch(_, let context), .valueNotFound(_, let context),
            .dataCorrupted(let context):
            self.init(Self.place(context.codingPath) + context.debugDescription)
        @unknown default: self.init("\(error)")
        }
    }

    private static func place(_ path: [any CodingKey]) -> String {
        var text = ""
        for key in path {
            if let index = key.intValue {
                text += "[\(index)]"
            } else {
                text += (text.isEmpty ? "" : ".") + key.stringValue
            }
        }
        return text.isEmpty ? "" : text + ": "
    }
}

/// One of the words of an enumeration.
struct Word<Value: RawRepresentable & CaseIterable & Sendable>: Decodable
where Value.RawValue == String {
    let value: Value

    init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        let text = try container.decode(String.self)
        guard let value = Value(rawValue: text) else {
            let words = Value.allCases.map(\.rawValue).joined(separator: ", ")
            throw DecodingError.dataCorruptedError(
                in: container, debugDescription: "\"\(text)\" is none of \(words)")
        }
        self.value = value
    }
}

/// A value that is written as null where there is none.
struct OrNull<Value: Encodable>: Encodable {
    let value: Value?

    init(_ value: Value?) { self.value = value }

    func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        if let value { try container.encode(value) } else { try container.encodeNil() }
    }
}
