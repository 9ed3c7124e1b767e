import Alerting
import ArgumentParser
import Configuration
import Targets
import TimeSeries
import Watch

/// Where alerts go.
struct RoutesCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "routes", abstract: "Where alerts go.", subcommands: [RoutesTest.self])
}

struct RoutesTest: ScriptCommand {
    static let configuration = CommandConfiguration(
        commandName: "test",
        abstract: "The receivers that route trees choose for alerts.",
        discussion: """
            With labels (severity=page instance=api) the routes of the configuration are asked: who \
            would be told now. With a file the trees and cases in it.

            Exit code: 0 when everything was evaluated, 1 when nobody would be told, 2 for \
            a malformed file or label, 78 when the configuration cannot be used.
            """)

    @OptionGroup var global: GlobalOptions
    @Argument(help: "Labels as name=value, or one file; - is standard input.") var words: [String]

    var file: ScriptFile { ScriptFile(path: words.first ?? "") }

    func run() throws {
        guard words.count == 1, words.first?.contains("=") == false else { return try ask() }
        try runScript()
    }

    /// Asks the configuration.
    private func ask() throws {
        guard let loaded = Loaded(global) else { throw ExitCode(ExitCodes.configuration) }
        var labels = Labels()
        for word in words {
            let parts = word.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            guard parts.count == 2, !parts[0].isEmpty else {
                complain("dogwatch: \"\(cleaned(word))\" is no label: write name=value")
                throw ExitCode(ExitCodes.malformed)
            }
            labels[String(parts[0])] = String(parts[1])
        }
        let paging = loaded.configuration.paging
        let severity = paging.severity(of: labels["severity"]) ?? .ticket
        labels["severity"] = severity.rawValue
        let audience = AudienceText(plan: paging.plan, now: wallClock())
        say(cleaned("\(severity.rawValue) \(audience.words(for: labels, severity))") + "\n")
        if paging.plan.targets(of: labels, severity).isEmpty { throw ExitCode(1) }
    }

    struct Script: Decodable {
        var trees: [String: Node]
        var cases: [Case]
    }

    struct Node: Decodable {
        var receiver: String?
        var matchers: [String]?
        var continues: Bool?
        var routes: [Node]?

        enum CodingKeys: String, CodingKey {
            case receiver, matchers, routes
            case continues = "continue"
        }
    }

    struct Case: Decodable {
        var id: String
        var tree: String
        var labels: [String: String]
    }

    struct Answer: Encodable {
        var cases: [Choice]

        struct Choice: Encodable {
            var id: String
            var receivers: [String]
        }
    }

    func answer(_ script: Script) throws(ScriptFault) -> Answer {
        var trees: [String: Route<String>] = [:]
        for (name, node) in script.trees {
            guard let receiver = node.receiver else {
                throw ScriptFault("trees.\(name): the root has no receiver")
            }
            trees[name] = try node.route(inheriting: receiver)
        }
        return Answer(
            cases: try script.cases.map { (one) throws(ScriptFault) in
                guard let tree = trees[one.tree] else {
                    throw ScriptFault("case \(one.id): no tree is named \"\(one.tree)\"")
                }
                return .init(id: one.id, receivers: tree.destinations(for: Labels(one.labels)))
            })
    }
}

extension RoutesTest.Node {
    /// A node without a receiver has that of the node above.
    fileprivate func route(inheriting above: String) throws(ScriptFault) -> Route<String> {
        let receiver = receiver ?? above
        return Route(
            to: receiver, matchers: try parsedMatchers(matchers ?? []),
            continues: continues ?? false,
            routes: try (routes ?? []).map { (node) throws(ScriptFault) in
                try node.route(inheriting: receiver)
            })
    }
}
