import Checklist
import Lint
import TOML

extension SessionStore {
    /// Reads one `[[sessions]]`; nil when it cannot be looked at.
    init?(reading table: inout TableReader) {
        let target = table.requiredText(
            "target", help: "Name a [[redis]]: target = \"sessions\".")
        let prefix = table.requiredText(
            "prefix", help: "Write how the keys' names begin: prefix = \"session:\".")
        let idle = table.duration("idle", in: .seconds(60)...Quantity.longest)
        table.finish()
        guard let target, let prefix, !prefix.value.isEmpty else { return nil }
        self.init(
            target: target.value, prefix: prefix.value,
            idle: idle?.value ?? SessionStore.standardIdle)
    }
}
