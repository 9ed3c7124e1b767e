import Checklist
import Lint
import TOML

extension ContainerExpectations {
    /// Reads `[containers]`.
    init(reading table: inout TableReader) {
        self.init()
        edge = table.texts("edge").map(\.value)
        data = table.texts("data").map(\.value)
        sizes = table.tables("size").compactMap { table in
            var table = table
            return Size(reading: &table)
        }
        if edge.isEmpty != data.isEmpty {
            table.report(
                edge.isEmpty ? "edge" : "data", at: table.position,
                "containers at the edge and those with data belong together.",
                help: "Write both edge and data.")
        }
        table.finish()
    }
}

extension ContainerExpectations.Size {
    /// Reads one `[[containers.size]]`; nil when it plans nothing.
    fileprivate init?(reading table: inout TableReader) {
        let name = table.requiredText("name", help: "Name a container: name = \"api\".")
        let cpu = table.limit("cpu")?.value
        let memory = table.byteCount("memory", in: 1...(1 << 50))
        table.finish()
        guard let name else { return nil }
        guard cpu != nil || memory != nil else {
            table.report(
                "cpu", at: table.position, "it plans neither cpu nor memory.",
                help: "Write cpu = 0.5 (cores) or memory = \"512MiB\".")
            return nil
        }
        self.init(name: name.value, cpu: cpu, memory: memory.map { Double($0) })
    }
}
