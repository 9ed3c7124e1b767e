import CNcurses
import Glibc

extension Surface {
    /// The rows as text to be printed, without spaces at their ends.
    ///
    /// - Parameter code: the parameters of the escape sequence (ECMA-48, SGR) that sets a role, "" for
    ///   plain text; nil prints no escape sequences at all.
    public func lines(_ code: ((Role) -> String)? = nil) -> [String] {
        (0..<size.height).map { y in
            var cells = row(y)
            while let last = cells.last, last.base == 0x20 { cells.removeLast() }
            guard let code else { return cells.map(\.text).joined() }
            return Surface.styled(cells, code)
        }
    }

    private static func styled(_ cells: ArraySlice<Cell>, _ code: (Role) -> String) -> String {
        var result = ""
        var current = ""
        for cell in cells {
            // Spaces look alike in every ink.
            let wanted = cell.base == 0x20 ? current : code(cell.role)
            if wanted != current {
                result += wanted.isEmpty ? "\u{1B}[0m" : "\u{1B}[0;\(wanted)m"
                current = wanted
            }
            result += cell.text
        }
        return current.isEmpty ? result : result + "\u{1B}[0m"
    }
}

/// Where printed text goes to.
public enum PrintedOutput {
    /// Columns of the terminal behind a descriptor; nil where there is no terminal.
    public static func columns(of descriptor: Int32) -> Int? {
        var (rows, columns): (Int32, Int32) = (0, 0)
        guard dw_size(descriptor, &rows, &columns) == 0, columns > 0 else { return nil }
        return min(Int(columns), Surface.limit.width)
    }

    /// Whether the locale's characters are UTF-8.
    public static var isUTF8: Bool { dw_locale_is_utf8() == 1 }
}
