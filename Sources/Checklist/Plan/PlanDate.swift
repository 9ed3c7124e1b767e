import TimeSeries

/// A day of the Gregorian calendar.
struct PlanDate: Hashable {
    var year: Int
    /// 1…12
    var month: Int
    /// 1…31
    var day: Int

    init?(year: Int, month: Int, day: Int) {
        guard (1...9999).contains(year), (1...12).contains(month), day >= 1,
            day <= Self.length(of: month, in: year)
        else { return nil }
        self.year = year
        self.month = month
        self.day = day
    }

    /// "October 23, 2025", "23 Oct 2025" or "2025-10-23".
    init?(fullDate text: String) {
        let words = text.split { !$0.isLetter && !$0.isNumber }
        let numbers = words.compactMap { Int($0) }
        if numbers.count >= 3, words[0].count == 4 {
            self.init(year: numbers[0], month: numbers[1], day: numbers[2])
        } else if let month = words.compactMap(Self.month).first, numbers.count >= 2 {
            self.init(year: numbers[1], month: month, day: numbers[0])
        } else {
            return nil
        }
    }

    /// The day on which a time is, in UTC. Source: days from civil, H. Hinnant's algorithms.
    init(of time: Timestamp) {
        let days = Int((Double(time.milliseconds) / 86_400_000).rounded(.down)) + 719_468
        let era = (days >= 0 ? days : days - 146_096) / 146_097
        let dayOfEra = days - era * 146_097
        let yearOfEra =
            (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let shifted = (5 * dayOfYear + 2) / 153
        day = dayOfYear - (153 * shifted + 2) / 5 + 1
        month = shifted < 10 ? shifted + 3 : shifted - 9
        year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
    }

    /// 00:00 UTC of the day.
    var midnight: Timestamp {
        let shiftedYear = month <= 2 ? year - 1 : year
        let era = shiftedYear / 400
        let yearOfEra = shiftedYear - era * 400
        let dayOfYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1
        let dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear
        return Timestamp(milliseconds: Int64(era * 146_097 + dayOfEra - 719_468) * 86_400_000)
    }

    /// 1…12 for "Oct", "Sept." and "October"; nil for other words, as "March" is one but "Mar" in
    /// "Margin" is none.
    static func month(_ word: some StringProtocol) -> Int? {
        let word = word.lowercased()
        guard word.count >= 3 else { return nil }
        let index = names.firstIndex {
            $0 == word || $0.prefix(3) == word || word == "sept" && $0 == "september"
        }
        return index.map { $0 + 1 }
    }

    private static let names = [
        "january", "february", "march", "april", "may", "june", "july", "august", "september",
        "october", "november", "december",
    ]

    private static func length(of month: Int, in year: Int) -> Int {
        let isLeap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
        return switch month {
        case 2: isLeap ? 29 : 28
        case 4, 6, 9, 11: 30
        default: 31
        }
    }
}

extension PlannedTime {
    /// The first "Oct 24" of a heading, with its "14:00 UTC" where there is one. Without a year
    /// there is no time.
    init?(in title: String, year: Int?) {
        let words = title.split { !$0.isLetter && !$0.isNumber && $0 != ":" }
        guard let year,
            let at = words.indices.dropLast().first(where: {
                PlanDate.month(words[$0]) != nil && Int(words[$0 + 1]) != nil
            }),
            let month = PlanDate.month(words[at]), let day = Int(words[at + 1]),
            let date = PlanDate(year: year, month: month, day: day)
        else { return nil }
        let minutes = words[(at + 2)...].indices.lazy.compactMap { index -> Int? in
            guard words.indices.contains(index + 1), words[index + 1] == "UTC" else { return nil }
            return Self.minutes(words[index])
        }.first
        start = date.midnight + .seconds((minutes ?? 0) * 60)
        hasHour = minutes != nil
    }

    /// 840 for "14:00".
    private static func minutes(_ text: Substring) -> Int? {
        let parts = text.split(separator: ":").compactMap { Int($0) }
        guard parts.count == 2, (0...23).contains(parts[0]), (0...59).contains(parts[1]) else {
            return nil
        }
        return parts[0] * 60 + parts[1]
    }
}
