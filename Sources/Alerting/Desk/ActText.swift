import TimeSeries

/// Acts as people type them:
///
///     ack [KEY] [for 30m]        silence MATCHER … for 2h because REASON
///     unack [KEY]                silence everything for 1h because REASON
///     snooze [KEY] 2h            unsilence ID
///     resolve [KEY]              note TEXT
///     seen
extension Act {
    /// The first words of all acts.
    public static let verbs = [
        "ack", "unack", "snooze", "resolve", "silence", "unsilence", "note", "seen",
    ]

    /// - Parameter selected: the key that is meant where none is typed.
    public static func parse(
        _ text: String, selected: String?
    ) throws(ActRefusal) -> Act {
        var words = text.split(separator: " ").map(String.init)
        guard !words.isEmpty else {
            throw ActRefusal("type an act: \(verbs.joined(separator: ", "))")
        }
        let verb = words.removeFirst()
        switch verb {
        case "ack":
            let lasting = try length(after: "for", in: &words)
            return .acknowledge(key: try key(words, selected), lasting: lasting)
        case "unack": return .unacknowledge(key: try key(words, selected))
        case "resolve": return .resolve(key: try key(words, selected))
        case "snooze":
            guard let last = words.popLast(), let length = duration(last) else {
                throw ActRefusal("for how long? snooze 2h")
            }
            return .snooze(key: try key(words, selected), length: length)
        case "silence": return try silence(words)
        case "unsilence":
            guard words.count == 1 else { throw ActRefusal("which silence? unsilence s1") }
            return .endSilence(id: words[0])
        case "seen":
            guard words.isEmpty else { throw ActRefusal("seen stands alone: it means all of them") }
            return .seen
        case "note":
            let words = text.drop { $0 != " " }.drop { $0 == " " }
            guard !words.isEmpty else { throw ActRefusal("what is to be noted?") }
            return .note(text: String(words), key: nil)
        default:
            throw ActRefusal("there is no \(verb): there are \(verbs.joined(separator: ", "))")
        }
    }

    private static func key(
        _ words: [String], _ selected: String?
    ) throws(ActRefusal) -> String {
        if !words.isEmpty { return words.joined(separator: " ") }
        guard let selected else { throw ActRefusal("which alert? Select one, or type its key") }
        return selected
    }

    private static func silence(_ words: [String]) throws(ActRefusal) -> Act {
        guard let mark = words.firstIndex(of: "because"), mark + 1 < words.count else {
            throw ActRefusal("why? silence … for 2h because …")
        }
        var head = Array(words[..<mark])
        guard let length = try length(after: "for", in: &head) else {
            throw ActRefusal("for how long? silence … for 2h because …")
        }
        let isForAll = head == ["everything"]
        guard !head.isEmpty else {
            throw ActRefusal("silence what? instance=api severity=page, or everything")
        }
        return .silence(
            SilenceRequest(
                matchers: isForAll ? [] : matchers(head), length: length,
                reason: words[(mark + 1)...].joined(separator: " "), isForAll: isForAll))
    }

    /// A value in quotes may hold blanks.
    private static func matchers(_ words: [String]) -> [String] {
        var matchers: [String] = []
        for word in words {
            let isOpen = matchers.last.map { $0.count { $0 == "\"" } % 2 == 1 } ?? false
            if isOpen, let last = matchers.popLast() {
                matchers.append("\(last) \(word)")
            } else {
                matchers.append(word)
            }
        }
        return matchers
    }

    /// Takes "for 2h" out of the words.
    private static func length(
        after word: String, in words: inout [String]
    ) throws(ActRefusal) -> Duration? {
        guard let mark = words.lastIndex(of: word) else { return nil }
        guard mark + 1 == words.count - 1, let length = duration(words[mark + 1]) else {
            throw ActRefusal("\(word) what? Write 30m, 2h or 1d")
        }
        words.removeSubrange(mark...)
        return length
    }

    /// "90s", "30m", "2h", "1d"; nil for another form.
    public static func duration(_ text: String) -> Duration? {
        guard let unit = text.last, let number = Int64(text.dropLast()), number > 0,
            number < 100_000
        else { return nil }
        switch unit {
        case "s": return .seconds(number)
        case "m": return .seconds(number * 60)
        case "h": return .seconds(number * 3600)
        case "d": return .seconds(number * 86_400)
        default: return nil
        }
    }
}
