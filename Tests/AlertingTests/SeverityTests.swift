import Alerting
import Testing

@Suite("severities")
struct SeverityTests {
    @Test(
        "words of rule files have a severity",
        arguments: [
            ("critical", Severity.page), ("page", .page), ("warning", .ticket), ("ticket", .ticket),
            ("info", .info), ("none", .info),
        ])
    func words(word: String, severity: Severity) { #expect(Severity(word: word) == severity) }

    @Test("a word that nobody explains has none, and one that is explained has what it was given")
    func others() {
        #expect(Severity(word: "sev1") == nil)
        #expect(Severity(word: "sev1", others: ["sev1": .page]) == .page)
        #expect(Severity(word: "warning", others: ["warning": .page]) == .page)
    }

    @Test("a page is louder than a ticket, and a ticket than an entry in the log")
    func order() { #expect([.page, .info, .ticket].sorted() == [Severity.info, .ticket, .page]) }
}
