extension WatchSettings {
    /// The shortest and the longest time from one collection to the next.
    static let intervals: ClosedRange<Duration> = .milliseconds(100) ... .seconds(86_400)

    /// Reads `[watch]`; what it does not say keeps its default.
    init(reading root: inout TableReader) {
        self.init()
        guard var table = root.table("watch", header: "[watch]") else { return }
        let name = table.node("name") == nil ? nil : table.name()
        let length = table.duration("length", in: .seconds(60)...Quantity.longest)
        let retention = table.duration("retention", in: .seconds(300) ... .seconds(400 * 86_400))
        let retentionSize = table.byteCount("retention_size", in: 16_000_000...(1 << 40))
        let interval = table.duration("interval", in: Self.intervals)
        timeout = table.duration("timeout", in: .milliseconds(10) ... .seconds(86_400))?.value
        let theme = table.text("theme")
        plans = Self.plans(from: &table)
        allowedSigners = table.file("allowed_signers")
        canary = table.texts("canary").compactMap { table.address("canary", $0) }
        resolver = table.texts("resolver").compactMap { table.address("resolver", $0) }
        group = table.text("group")?.value
        let seriesLimit = table.integer("series_limit", in: 1000...10_000_000)
        table.finish()

        self.name = name?.value ?? self.name
        self.length = length?.value ?? self.length
        self.retention = retention?.value ?? self.retention
        self.retentionSize = retentionSize ?? self.retentionSize
        self.interval = interval?.value ?? self.interval
        self.theme = theme?.value ?? self.theme
        self.seriesLimit = seriesLimit ?? self.seriesLimit
    }

    private static func plans(from table: inout TableReader) -> [PlanFile] {
        guard let node = table.node("plans") else { return [] }
        guard let nodes = node.array else {
            table.reportType(
                "plans", node, wanted: "an array",
                help: "Write plans = [\"Plans/hardening.md\"].")
            return []
        }
        return nodes.compactMap { node in
            guard let inner = node.table else {
                guard let text = table.text("plans", node) else { return nil }
                return table.existing(text, key: "plans").map { PlanFile(file: $0) }
            }
            var reader = TableReader(
                table.ledger, inner, header: "watch.plans", subject: "watch.plans",
                at: node.position)
            let file = reader.file("file")
            let checks = reader.file("checks")
            reader.finish()
            if inner["file"] == nil { reader.reportMissing("file", help: "Name the plan.") }
            return file.map { PlanFile(file: $0, checks: checks) }
        }
    }
}
