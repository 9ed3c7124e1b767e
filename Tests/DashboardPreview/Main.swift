import Dashboard
import Glibc
import Snapshot
import Terminal
import TestSupport
import TimeSeries

/// The dashboard on a fixed scene, for pictures and measurements of the screen alone:
///
///     DashboardPreview [calm|trouble|collecting|crowd|down|connecting] [THEME] [live]
///
/// With `live` the scene goes on: a snapshot a second, with values that change.
@main
enum Main {
    @MainActor static func main() async {
        var variables: [String: String] = [:]
        for name in ["TERM", "COLORTERM", "NO_COLOR"] {
            if let value = getenv(name) { variables[name] = String(cString: value) }
        }
        do throws(ScreenFailure) {
            let screen = try Terminal.Screen.open(environment: TerminalEnvironment(variables))
            await run(screen, Array(CommandLine.arguments.dropFirst()))
        } catch {
            print(error.message)
            exit(2)
        }
    }

    @MainActor private static func run(_ screen: Terminal.Screen, _ arguments: [String]) async {
        let now = Timestamp(milliseconds: TerminalLoop.wallMilliseconds())
        let model = Model(
            now: now, ownsWatch: true, faults: ["slow query", "5xx burst", "api hang"])
        let dashboard = LiveDashboard(screen: screen, model: model)
        dashboard.draw()
        let themes = Theme.load(folder: packageRoot + "/Themes").themes
        let chosen = themes.firstIndex { arguments.contains($0.name) } ?? 0
        dashboard.offer(themes, theme: chosen)
        let (feed, continuation) = AsyncStream.makeStream(
            of: Feed.self, bufferingPolicy: .bufferingNewest(1))
        guard let snapshot = snapshot(arguments.first ?? "calm", at: now) else {
            _ = await dashboard.run(feed)
            return
        }
        continuation.yield(.snapshot(snapshot))
        let isLive = arguments.contains("live")
        await withTaskGroup(of: Void.self) { group in
            group.addTask {
                var scene = LiveScene(snapshot)
                while isLive, !Task.isCancelled {
                    try? await Task.sleep(for: .seconds(1))
                    let now = Timestamp(milliseconds: TerminalLoop.wallMilliseconds())
                    continuation.yield(.snapshot(scene.next(at: now)))
                }
            }
            _ = await dashboard.run(feed)
            group.cancelAll()
        }
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
        case "paged": Scenes.paged(at: now)
        case "connecting": nil
        default: Scenes.calm(at: now)
        }
    }
}
