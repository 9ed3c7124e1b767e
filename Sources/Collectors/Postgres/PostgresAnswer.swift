import CPostgres

/// The results of one statement as they arrive, row by row.
struct PostgresAnswer {
    private var rows: PostgresRows?
    private(set) var error: PostgresError?

    /// Takes the next result; false when there are more rows than fit, or when it is a stream of
    /// raw data, which nobody asked for and which libpq would announce for ever.
    mutating func take(_ result: OpaquePointer) -> Bool {
        switch PQresultStatus(result) {
        case PGRES_SINGLE_TUPLE, PGRES_TUPLES_OK: return append(result)
        case PGRES_COMMAND_OK, PGRES_EMPTY_QUERY: break
        case PGRES_COPY_IN, PGRES_COPY_OUT, PGRES_COPY_BOTH: return false
        default: error = error ?? PostgresError(result)
        }
        return true
    }

    var outcome: Result<PostgresRows, PostgresError> {
        if let error { return .failure(error) }
        return .success(rows ?? PostgresRows(columns: []))
    }

    private mutating func append(_ result: OpaquePointer) -> Bool {
        var current =
            rows
            ?? PostgresRows(
                columns: (0..<PQnfields(result)).map { index in
                    PQfname(result, index).map { String(cString: $0) } ?? ""
                })
        rows = nil
        defer { rows = current }
        for row in 0..<PQntuples(result) {
            guard current.hasRoom else { return false }
            for column in 0..<Int32(current.columns.count) {
                current.append(Self.cell(result, row, column))
            }
        }
        return true
    }

    private static func cell(
        _ result: OpaquePointer, _ row: Int32, _ column: Int32
    ) -> UnsafeRawBufferPointer? {
        guard PQgetisnull(result, row, column) == 0 else { return nil }
        return UnsafeRawBufferPointer(
            start: PQgetvalue(result, row, column), count: Int(PQgetlength(result, row, column)))
    }
}

extension PostgresError {
    /// From a failed result.
    init(_ result: OpaquePointer) {
        func field(_ code: Character) -> String {
            let number = Int32(code.asciiValue ?? 0)
            return PQresultErrorField(result, number).map { String(cString: $0) } ?? ""
        }
        let message = field("M")
        let whole = PQresultErrorMessage(result).map { String(cString: $0) } ?? ""
        self.init(code: field("C"), message: message.isEmpty ? whole : message)
    }

    /// From libpq's verbose text: `FATAL:  28P01: password authentication failed …`, then a line
    /// that names the server's source. Text of the library itself has no code.
    init(verbose text: String) {
        let lines = text.split(separator: "\n").filter { !$0.hasPrefix("LOCATION:") }
        let whole = lines.joined(separator: " ")
        let words = whole.split(separator: " ", omittingEmptySubsequences: true)
        let code = words.first { Self.isCode($0) }
        guard let code else {
            self.init(code: "", message: whole)
            return
        }
        let message = words.drop { $0 != code }.dropFirst().joined(separator: " ")
        self.init(code: String(code.dropLast()), message: message)
    }

    /// "28P01:"
    private static func isCode(_ word: Substring) -> Bool {
        word.utf8.count == 6 && word.last == ":"
            && word.utf8.dropLast().allSatisfy { (48...57).contains($0) || (65...90).contains($0) }
            && word.utf8.contains { (48...57).contains($0) }
    }
}
