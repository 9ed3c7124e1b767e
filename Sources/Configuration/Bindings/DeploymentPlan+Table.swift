import Checklist
import Lint
import PromQL
import TOML

extension DeploymentPlan {
    /// Reads `[deploy]`.
    init(reading table: inout TableReader) {
        self.init()
        blue = table.texts("blue").map(\.value)
        green = table.texts("green").map(\.value)
        instances = table.texts("instances").map(\.value)
        if table.node("blue_rate") != nil { blueRate = table.query("blue_rate")?.expression }
        if table.node("green_rate") != nil { greenRate = table.query("green_rate")?.expression }
        if blue.isEmpty != green.isEmpty {
            table.report(
                blue.isEmpty ? "blue" : "green", at: table.position,
                "containers of both colours belong together.", help: "Write both blue and green.")
        }
        if (blueRate == nil) != (greenRate == nil) {
            table.report(
                "blue_rate", at: table.position, "rates of both colours belong together.",
                help: "Write both blue_rate and green_rate.")
        }
        table.finish()
    }
}
