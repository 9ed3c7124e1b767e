import Dashboard
import Glibc
import Snapshot
import Terminal
import TestSupport
import TimeSeries

/// The dashboard on a fixed scene, for pictures and measurements of the screen alone:
/// `DashboardPreview [calm|trouble|collecting|crowd|down|connecting] [THEME] [live]`. With `live` the scene
/// goes on: a snapshot a second, values that change.
@main
enum Main {
    @MainActor static func main() async {
        let arguments = CommandLine.arguments.dropFirst()
        var variables: [String: String] = [:]
        for name in ["TERM", "COLORTERM", "NO_COLOR"] {
            if let value = getenv(name) { variables[name] = String(cString: value) }
        }
        do throws(ScreenFailure) {
            let screen = try Terminal.Screen.open(environment: TerminalEnvironment(variables))
            await run(screen, Array(arguments))
        } catch {
            print(error.message)
            exit(2)
        }
    }

    @MainActor private static func run(_ screen: Terminal.Screen, _ arguments: [String]) async {
        let now = Timestamp(milliseconds: TerminalLoop.wallMilliseconds())
        let themes = Theme.load(folder: packageRoot + "/Themes").themes
        var model = Model(
            now: now, ownsWatch: true, faults: ["slow query", "5xx burst", "api hang"])
        model.theme = themes.firstIndex { arguments.contains($0.name) } ?? 0
        let dashboard = LiveDashboard(screen: screen, model: model, themes: themes)
        dashboard.draw()
        let (feed, continuation) = AsyncStream.makeStream(of: Feed.self)
        let scene = arguments.first ?? "calm"
        if let snapshot = snapshot(scene, at: now) { continuation.yield(.snapshot(snapshot)) }
        _ = await dashboard.run(feed)
    }

    /// The folder of the package that this was built from.
    private static let packageRoot =
        "/" + #filePath.split(separator: "/").dropLast(3).joined(separator: "/")

    private static func snapshot(_ name: String, at now: Timestamp) -> Snapshot? {
        switch name {
        case "trouble": Scenes.trouble(at: now)
        case "collecting": Scenes.collecting(at: now)
        case "crowd": Scenes.crowd(at: now)
        case "down": Scenes.down(at: now)
        case "connecting": nil
        default: Scenes.calm(at: now)
        }
    }
}
