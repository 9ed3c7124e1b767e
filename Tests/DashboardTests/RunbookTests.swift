import Targets
import Testing

@testable import Dashboard

@Suite("Runbooks")
struct RunbookTests {
    private static let text = """
        # Database

        Before.

        ## Lock wait, and others

        Sessions wait.

        3. first
        4. second

        | code | means |
        | --- | --- |
        | 137 | killed |

        5. third

        ## Next

        After.
        """

    private func lines(at place: String) -> [String] {
        Runbook.text(Array(Self.text.utf8)).blocks(at: place).map { block in
            switch block {
            case .heading(let text), .text(let text, _): text
            case .line(let spans): spans.map(\.text).joined()
            case .facts, .table, .graph: "?"
            }
        }
    }

    @Test("shows the part that is named, with its numbers and its tables in columns")
    func part() {
        #expect(
            lines(at: "db.md#lock-wait-and-others") == [
                "Lock wait, and others", "Sessions wait.", "", "3. first", "4. second",
                "code  means ", "137   killed", "", "5. third",
            ])
    }

    @Test("shows all of it where no part, or one that is not there, is named")
    func whole() {
        #expect(lines(at: "db.md").first == "Database")
        #expect(lines(at: "db.md#gone") == lines(at: "db.md"))
        #expect(lines(at: "db.md#database").last == "")
        #expect(lines(at: "db.md#database").contains("After."))
    }
}
