import Glibc
import Snapshot
import Terminal
import TestSupport
import TimeSeries

@testable import Dashboard

/// Models of the shared scenes, and screens as text.
enum Screens {
    static let names = [
        "calm", "trouble", "collecting", "connecting", "crowd", "down", "paged", "plans",
    ]

    static func snapshot(_ name: String) -> Snapshot? {
        switch name {
        case "calm": Scenes.calm()
        case "trouble": Scenes.trouble()
        case "collecting": Scenes.collecting()
        case "crowd": Scenes.crowd()
        case "down": Scenes.down()
        case "paged": Scenes.paged()
        case "plans": PlanScenes.snapshot()
        default: nil
        }
    }

    static func model(_ name: String, size: Size) -> Model {
        var model = Model(
            size: size, now: start, ownsWatch: true, themeNames: ["nightwatch", "daywatch"],
            faults: ["slow query", "5xx burst"])
        if let snapshot = snapshot(name) { model = update(model, .snapshot(snapshot)).model }
        if name == "plans" {
            model.plans.user = PlanScenes.user
            model = update(model, .plans(PlanScenes.reports)).model
        }
        return model
    }

    /// The text of every row, then the role and ground of every cell, a letter each.
    static func dump(_ surface: Surface) -> String {
        let rows = 0..<surface.size.height
        let text = rows.map { surface.text(row: $0) + "|" }
        let roles = rows.map { row in surface.row(row).map(letter).joined() }
        return (text + ["roles:"] + roles).joined(separator: "\n") + "\n"
    }

    /// Upper case letters stand for another ground than the screen's.
    private static func letter(_ cell: Cell) -> String {
        if cell.base == 0x20 { return cell.ground == .base ? " " : "\(cell.ground.rawValue)" }
        let letter = "tsdflTkbogucpGwrABCDE"
        let index = letter.index(letter.startIndex, offsetBy: min(Int(cell.role.rawValue), 20))
        return String(letter[index])
    }

    static func write(_ text: String, to path: String) throws {
        let file = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0o644)
        let bytes = Array(text.utf8)
        _ = Glibc.write(file, bytes, bytes.count)
        close(file)
    }

    static func read(_ path: String) -> String {
        let file = open(path, O_RDONLY)
        guard file >= 0 else { return "missing: \(path)" }
        defer { close(file) }
        var bytes = [UInt8](repeating: 0, count: 1 << 20)
        let count = Glibc.read(file, &bytes, bytes.count)
        return String(decoding: bytes.prefix(max(0, count)), as: UTF8.self)
    }
}
