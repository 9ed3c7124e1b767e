import Alerting
import Lint
import TOML
import TimeSeries

extension MaintenanceWindow {
    /// Reads a `[[maintenance]]`: hours that come again, in which alerts that match wake nobody.
    static func read(_ table: TableReader) -> MaintenanceWindow? {
        var table = table
        let matchers = table.matchers("matchers")
        let zone = table.zone("zone")
        let from = table.instant("from", in: zone ?? .utc)
        let until = table.instant("until", in: zone ?? .utc)
        let author = table.requiredText("author", help: "Who is asked about it?")
        let reason = table.requiredText("reason", help: "Why does it wake nobody?")
        let hours = table.table("hours")?.restriction()
        table.finish()
        for (key, help) in [
            ("matchers", "Write matchers = ['instance=\"jobs\"']."),
            ("zone", "Write zone = \"Europe/Madrid\"."),
            ("hours", "Write hours = { days = [\"sun\"], start = \"02:00\", end = \"04:00\" }."),
        ] where table.table[key] == nil {
            table.reportMissing(key, help: help)
        }
        guard let matchers, let zone, let from, let until, let author, let reason, let hours else {
            return nil
        }
        do throws(Silence.Refusal) {
            return try MaintenanceWindow(
                matchers, hours, in: zone, from: from, to: until, author: author.value,
                comment: reason.value)
        } catch {
            table.ledger.report(at: table.position, table.subject, "\(words(of: error)).")
            return nil
        }
    }

    private static func words(of refusal: Silence.Refusal) -> String {
        switch refusal {
        case .tooLong: "it comes again for more than a year: look at it once a year"
        case .matchesAll: "it would keep everything quiet: say what with matchers"
        case .noAuthor, .noComment, .endsBeforeItStarts: "\(refusal)"
        }
    }
}

extension TableReader {
    /// Matchers as routes write them; nil after a fault.
    mutating func matchers(_ key: String) -> [Matcher]? {
        let texts = texts(key)
        var matchers: [Matcher] = []
        for text in texts {
            do throws(MatcherFault) {
                matchers.append(try Matcher(parsing: text.value))
            } catch {
                report(
                    key, at: text.position, "\(error).",
                    help: "Write a label, one of = != =~ !~ and a value: 'severity=\"page\"'.")
            }
        }
        return matchers.count == texts.count ? matchers : nil
    }
}
