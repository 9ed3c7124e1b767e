import TestSupport

extension WatchedFolder {
    /// A watch of these targets with a plan of one item each, which rests on all of the checks.
    ///
    /// - Parameters:
    ///   - targets: Name → the rest of its table ("[[http]]" and keys below it, without `name`).
    ///   - head: Keys of the bindings that stand before the items.
    init(
        _ targets: [String: (table: String, keys: String)], checks: [String], head: String = "",
        in folder: TemporaryFolder
    ) throws {
        self.folder = folder
        let tables = targets.sorted { $0.key < $1.key }.map { name, target in
            "[[\(target.table)]]\nname = \"\(name)\"\n\(target.keys)\n"
        }
        try folder.write(
            """
            [watch]
            name = "targets"
            interval = "1s"
            plans = ["\(folder.path("plan.md"))"]

            \(tables.joined(separator: "\n"))
            """, to: "config.toml")
        try folder.write(
            "# Plan\n\n## Targets\n\n" + targets.keys.map { "- [ ] \($0)\n" }.joined(),
            to: "plan.md")
        let items = targets.keys.map { Self.item($0, checks) }
        try folder.write("\(head)\n" + items.joined(), to: "plan.checks.toml")
    }

    private static func item(_ name: String, _ checks: [String]) -> String {
        let list = checks.map { "\"\($0)\"" }.joined(separator: ", ")
        let targets = checks.map { "\"\($0)\" = [\"\(name)\"]" }.joined(separator: ", ")
        return """
            [[item]]
            at = "targets/\(name)"
            text = "\(name)"
            checks = [\(list)]
            targets = { \(targets) }

            """
    }

    /// Check → verdict on a target, once `isDone`; as they are after 40 seconds otherwise.
    func verdicts(
        on name: String, until isDone: ([String: String]) throws -> Bool
    ) throws -> [String: String] {
        var found: [String: String] = [:]
        _ = eventually(.seconds(40)) {
            let items = try items()
            let item = items.first { $0["anchor"] as? String == "targets/\(name)" }
            let checks = item?["checks"] as? [[String: Any]] ?? []
            found = checks.reduce(into: [:]) {
                $0[$1["id"] as? String ?? ""] = $1["verdict"] as? String
            }
            return try !found.isEmpty && isDone(found)
        }
        return found
    }
}
