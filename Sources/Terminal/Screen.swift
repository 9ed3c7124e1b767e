import CNcurses
import Glibc

/// The terminal: shows surfaces, restores itself on every way out.
///
/// There is one at a time. `open` takes the terminal over and may be drawn on at once. A crash of
/// the process restores the terminal too.
@MainActor
public final class Screen {
    public private(set) var size: Size
    /// False in a locale without UTF-8: what is shown is translated to ASCII.
    public let isUTF8: Bool
    public let depth: ColourDepth
    /// All bytes ever written to the terminal.
    public var bytesWritten: Int { outlet.bytesWritten }

    private let outlet: Outlet
    private let input: Int32
    private var pens: PenTable
    private var theme: Theme
    private var shown: Surface?
    /// The newest frame that came while the terminal had not taken the one before.
    private var waiting: Surface?
    private var errors = ErrorCapture()
    private var isOpen = true

    /// Takes over the terminal on standard input and output.
    public static func open(
        theme: Theme = .nightwatch, environment: TerminalEnvironment
    ) throws(ScreenFailure) -> Screen {
        guard isatty(STDIN_FILENO) == 1, isatty(STDOUT_FILENO) == 1 else { throw .notATerminal }
        guard !environment.term.isEmpty, environment.term != "dumb" else {
            throw .dumb(term: environment.term)
        }
        let isUTF8 = dw_locale_is_utf8() == 1
        guard let entry = environment.entries.first(where: { dw_term_exists($0) == 1 }),
            dw_open(entry) == 0
        else { throw .refused(term: environment.term) }
        guard dw_raw(STDIN_FILENO) == 0 else { throw .line(errno: errno) }
        return Screen(theme: theme, isUTF8: isUTF8, wantsColour: environment.colour != .never)
    }

    private init(theme: Theme, isUTF8: Bool, wantsColour: Bool) {
        self.isUTF8 = isUTF8
        self.theme = theme
        input = STDIN_FILENO
        outlet = Outlet(terminal: STDOUT_FILENO)
        let colours = wantsColour ? Int(dw_colours()) : 0
        depth = colours < 8 ? .none : colours < 256 ? .basic : colours == 256 ? .indexed : .direct
        pens = PenTable(theme, depth: depth, colours: colours)
        size = Screen.measured(STDOUT_FILENO)
        errors.begin()
        dw_guard(outlet.descriptor, errors.file)
        dw_resize(Int32(size.height), Int32(size.width))
        outlet.append(Screen.pasteOn)
        outlet.onDrained = { [weak self] in self?.showWaiting() }
    }

    /// Shows a surface of the screen's size; only cells that differ are sent. While the terminal
    /// has not taken an earlier frame, the newest surface waits and others are skipped.
    public func show(_ surface: Surface) {
        guard isOpen else { return }
        guard outlet.isDrained || shown == nil else {
            waiting = surface
            return
        }
        waiting = nil
        draw(isUTF8 ? surface : surface.inASCII())
        outlet.send()
        errors.bound()
    }

    /// Changes the theme; shows at the next `show`.
    public func use(_ theme: Theme) {
        guard theme != self.theme else { return }
        self.theme = theme
        pens = PenTable(theme, depth: depth, colours: Int(dw_colours()))
        repaint()
    }

    /// Rings the terminal's bell.
    public func beep() { dw_beep() }

    /// Makes the next `show` draw everything again.
    public func repaint() {
        shown = nil
        dw_repaint()
    }

    /// Asks the terminal for its size.
    /// - Returns: the size, when it is another one.
    public func measure() -> Size? {
        let measured = Screen.measured(STDOUT_FILENO)
        guard measured != size else { return nil }
        size = measured
        dw_resize(Int32(size.height), Int32(size.width))
        repaint()
        return size
    }

    /// Gives the terminal back to the shell for a while.
    public func suspend() {
        guard isOpen else { return }
        leave()
    }

    /// Takes the terminal again; everything is drawn by the next `show`.
    public func resume() {
        guard isOpen else { return }
        _ = dw_raw(input)
        errors.begin()
        dw_guard(outlet.descriptor, errors.file)
        outlet.append(Screen.pasteOn)
        _ = measure()
        repaint()
    }

    /// Restores the terminal for good. What was written to the standard error meanwhile follows.
    public func close() {
        guard isOpen else { return }
        isOpen = false
        leave()
        dw_close()
        outlet.close()
    }

    private static let pasteOn = "\u{1B}[?2004h"
    private static let pasteOff = "\u{1B}[?2004l"
    /// How long a slow terminal may take for the last bytes.
    private static let lastBytes = Duration.milliseconds(400)

    private func leave() {
        outlet.finish(within: Screen.lastBytes)
        dw_leave()
        outlet.append(Screen.pasteOff)
        outlet.finish(within: Screen.lastBytes)
        dw_cooked(input)
        dw_unguard()
        errors.end()
        waiting = nil
    }

    private func showWaiting() {
        if let surface = waiting { show(surface) }
    }

    private func draw(_ surface: Surface) {
        let before = shown?.size == surface.size ? shown : nil
        for y in 0..<surface.size.height {
            let row = surface.row(y)
            if let before, before.row(y) == row { continue }
            let cells = row.map { pens.cell($0) }
            dw_row(Int32(y), cells, Int32(cells.count))
        }
        dw_refresh()
        shown = surface
    }

    private static func measured(_ descriptor: Int32) -> Size {
        var rows: Int32 = 0
        var columns: Int32 = 0
        guard dw_size(descriptor, &rows, &columns) == 0 else { return Size(width: 80, height: 24) }
        return Size(
            width: min(Int(columns), Surface.limit.width),
            height: min(Int(rows), Surface.limit.height))
    }
}
