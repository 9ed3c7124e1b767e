import Alerting
import ArgumentParser
import TimeSeries

/// Where alerts go.
struct RoutesCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "routes", abstract: "Where alerts go.", subcommands: [RoutesTest.self])
}

struct RoutesTest: ScriptCommand {
    static let configuration = CommandConfiguration(
        commandName: "test", abstract: "The receivers that route trees choose for alerts.",
        discussion: "Exit code: 0 when everything was evaluated, 2 for a malformed file.")

    @OptionGroup var file: ScriptFile

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
