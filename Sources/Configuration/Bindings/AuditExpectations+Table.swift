import Checklist
import Lint
import TOML

extension AuditExpectations {
    /// Reads `[audit]`: `classes`, and `[[audit.signed]]` with `class` and `at`.
    init(reading table: inout TableReader) {
        self.init()
        let named = table.texts("classes").map(\.value)
        classes = named.isEmpty ? AuditScore.standardClasses : named
        for inner in table.tables("signed") {
            var inner = inner
            let name = inner.requiredText("class", help: "Write class = \"login failure\".")
            let item = inner.requiredText(
                "at", help: "Write the anchor of the item that is signed.")
            inner.finish()
            guard let name, let item else { continue }
            guard classes.contains(name.value) else {
                inner.report(
                    "class", at: name.position, "\(name.quoted) is not among classes.",
                    help: "There are: \(classes.joined(separator: ", ")).")
                continue
            }
            signed[name.value] = item.value
        }
        table.finish()
    }
}
