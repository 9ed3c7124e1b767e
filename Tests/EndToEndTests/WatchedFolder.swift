import Foundation
import TestSupport

/// The watch of a folder's config.toml, and what `dogwatch checklist` says of its plans.
struct WatchedFolder {
    let folder: TemporaryFolder

    var options: [String] {
        ["--config", folder.path("config.toml"), "--state", folder.path("state")]
    }

    /// Starts `dogwatch serve` and returns once it watches.
    func serve() throws -> ServerProcess {
        let log = folder.path("log-\(UInt32.random(in: 0 ... .max))")
        return try ServerProcess([DemoRun.program("dogwatch"), "serve"] + options, log: log) {
            textOfFile(log).contains("watching")
        }
    }

    func checklist(_ words: [String]) throws -> (code: Int32, text: String) {
        try output(of: DemoRun.program("dogwatch"), ["checklist"] + words + options)
    }

    /// The items of the first plan as `show --json` has them.
    func items(_ words: String...) throws -> [[String: Any]] {
        let text = try checklist(["show"] + words + ["--json"]).text
        let json = try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [[String: Any]]
        return json?.first?["items"] as? [[String: Any]] ?? []
    }
}

extension [[String: Any]] {
    /// The anchor and the state of each item.
    var states: [String: String] {
        reduce(into: [:]) { $0[$1["anchor"] as? String ?? ""] = $1["state"] as? String }
    }
}
