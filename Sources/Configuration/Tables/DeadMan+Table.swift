import Lint
import TOML
import Targets

extension DeadManSettings {
    /// Reads `[dead_man]`.
    init?(reading root: inout TableReader) {
        guard var table = root.table("dead_man", header: "[dead_man]") else { return nil }
        let url = table.guarded("url")
        let second = table.guarded("second_url")
        let stopIsFailure = table.boolean("stop_is_failure") ?? false
        table.finish()
        guard let url else {
            if table.table["url"] == nil {
                table.reportMissing(
                    "url", help: "Write url = { env = \"HEALTHCHECKS_URL\" }.")
            }
            return nil
        }
        self.init(urls: [url] + (second.map { [$0] } ?? []), stopIsFailure: stopIsFailure)
    }
}
