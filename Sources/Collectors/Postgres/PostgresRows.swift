/// What one statement returned: cells as the server wrote them, in text form, in one buffer.
///
/// Columns are found by name, so that a missing, an added or a moved one does no harm.
struct PostgresRows: Sendable, Equatable {
    /// The most bytes of one answer; a server that sends more is cut off.
    static let byteLimit = 8 << 20
    static let rowLimit = 20_000

    let columns: [String]
    private var bytes: [UInt8] = []
    private var cells: [Range<Int32>?] = []

    init(columns: [String]) { self.columns = columns }

    var count: Int { columns.isEmpty ? 0 : cells.count / columns.count }

    /// Whether another row still fits.
    var hasRoom: Bool { count < Self.rowLimit && bytes.count < Self.byteLimit }

    /// Adds the next cell of the last, or of a new, row; nil is NULL.
    mutating func append(_ cell: (some Sequence<UInt8>)?) {
        guard let cell else { return cells.append(nil) }
        let start = Int32(bytes.count)
        bytes.append(contentsOf: cell)
        cells.append(start..<Int32(bytes.count))
    }

    func column(_ name: String) -> Int? { columns.firstIndex(of: name) }

    /// The cell's bytes; nil when it is NULL or there is no such column.
    func cell(_ row: Int, _ column: Int?) -> ArraySlice<UInt8>? {
        guard let column, row < count, let range = cells[row * columns.count + column] else {
            return nil
        }
        return bytes[Int(range.lowerBound)..<Int(range.upperBound)]
    }

    /// The cell as text, repaired as UTF-8 (a server may send any bytes), not yet cleaned.
    func text(_ row: Int, _ column: Int?) -> String? {
        cell(row, column).map { String(decoding: $0, as: UTF8.self) }
    }

    /// The cell as a number; nil when it is none, or beyond what any server counts: sums of such
    /// numbers stay finite.
    func number(_ row: Int, _ column: Int?) -> Double? {
        guard let cell = cell(row, column), !cell.isEmpty else { return nil }
        let value =
            wholeNumber(cell).map(Double.init) ?? Double(String(decoding: cell, as: UTF8.self))
        return value.flatMap { abs($0) < 1e30 ? $0 : nil }
    }

    /// The cell as a whole number, for counts and ids; nil from 10¹² on.
    func integer(_ row: Int, _ column: Int?) -> Int? {
        number(row, column).flatMap { abs($0) < 1e12 ? Int($0) : nil }
    }

    /// The cell as an id of up to 64 bits; nil when it is none.
    func id(_ row: Int, _ column: Int?) -> Int64? { cell(row, column).flatMap(wholeNumber) }

    func flag(_ row: Int, _ column: Int?) -> Bool? {
        switch cell(row, column)?.first {
        case UInt8(ascii: "t"): true
        case UInt8(ascii: "f"): false
        default: nil
        }
    }

    func text(_ row: Int, _ name: String) -> String? { text(row, column(name)) }
    func number(_ row: Int, _ name: String) -> Double? { number(row, column(name)) }
    func integer(_ row: Int, _ name: String) -> Int? { integer(row, column(name)) }
    func flag(_ row: Int, _ name: String) -> Bool? { flag(row, column(name)) }
}

extension PostgresRows {
    /// Rows written by hand; nil is NULL.
    init(_ columns: [String], _ rows: [[String?]]) {
        self.init(columns: columns)
        for cell in rows.joined() { append(cell.map { Array($0.utf8) }) }
    }
}

/// Digits with an optional sign; nil for anything else, and for what 64 bits do not hold.
private func wholeNumber(_ text: ArraySlice<UInt8>) -> Int64? {
    let isNegative = text.first == UInt8(ascii: "-")
    let digits = isNegative ? text.dropFirst() : text
    guard !digits.isEmpty else { return nil }
    // Summed up below zero, where there is room for one more.
    var value: Int64 = 0
    for byte in digits {
        guard byte >= 48, byte <= 57 else { return nil }
        let (tens, isTooLong) = value.multipliedReportingOverflow(by: 10)
        let (sum, isTooLow) = tens.subtractingReportingOverflow(Int64(byte - 48))
        guard !isTooLong, !isTooLow else { return nil }
        value = sum
    }
    return isNegative ? value : value == .min ? nil : -value
}
