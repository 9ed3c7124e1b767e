import Dispatch
import Glibc
import Terminal

@main
enum Main {
    @MainActor static func main() async throws {
        let screen = try Screen.open(environment: TerminalEnvironment(["TERM": "xterm-256color"]))
        func draw() {
            var s = Surface(screen.size)
            s.write(
                "hello ⣀⣤⣶ 日本 é ✖ ▲ ● \(screen.size) \(screen.bytesWritten)", at: Point(x: 1, y: 1),
                in: s.area, as: .critical)
            s.paint(s.area.row(0), .bar)
            screen.show(s)
        }
        draw()
        await withCheckedContinuation { (c: CheckedContinuation<Void, Never>) in
            let loop = TerminalLoop(screen: screen) { event in
                switch event {
                case .key(.character("q")), .ended: c.resume()
                case .key(.character("x")): fatalError("boom")
                default: draw()
                }
            }
            loop.start()
            keep = loop
        }
        keep?.stop()
        screen.close()
    }
    @MainActor static var keep: TerminalLoop?
}
