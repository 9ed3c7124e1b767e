import TimeSeries

/// What people do.
extension Desk {
    /// Does what a person asks for; gives a sentence that says what was done.
    public mutating func perform(
        _ act: Act, by person: String, at now: Timestamp
    ) throws(ActRefusal) -> String {
        let said: String
        switch act {
        case .acknowledge(let key, let lasting):
            said = try acknowledge(key, lasting, by: person, at: now)
        case .unacknowledge(let key): said = try unacknowledge(key, by: person, at: now)
        case .snooze(let key, let length):
            said = try snooze(key, length, by: person, at: now)
        case .resolve(let key): said = try resolve(key, by: person, at: now)
        case .silence(let request): said = try silence(request, by: person, at: now)
        case .endSilence(let id): said = try endSilence(id, by: person, at: now)
        case .note(let text, let key): said = try note(text, about: key, by: person, at: now)
        case .seen: said = try seen(by: person, at: now)
        case .tested(let receiver, let isConfirmed):
            said = try tested(receiver, isConfirmed, by: person, at: now)
        }
        advance(at: now)
        return said
    }

    private mutating func acknowledge(
        _ key: String, _ lasting: Duration?, by person: String, at now: Timestamp
    ) throws(ActRefusal) -> String {
        let length = lasting ?? plan.acknowledgementLasts
        if let length, length <= .zero { throw ActRefusal("an acknowledgement needs a length") }
        let until = length.map { now + $0 }
        return try each(of: key, "acknowledged", by: person, at: now) { incident in
            incident.acknowledge(by: person, until: until)
        }
    }

    private mutating func unacknowledge(
        _ key: String, by person: String, at now: Timestamp
    ) throws(ActRefusal) -> String {
        let taken = try firing(under: key).contains {
            alerts[$0]?.incident.response.isTaken == true
        }
        guard taken else { throw ActRefusal("nobody has \(key)") }
        return try each(of: key, "open again", by: person, at: now) { $0.unacknowledge() }
    }

    private mutating func snooze(
        _ key: String, _ length: Duration, by person: String, at now: Timestamp
    ) throws(ActRefusal) -> String {
        guard length > .zero, length <= Response.longestSnooze else {
            throw ActRefusal("a snooze lasts at most 24 hours: silence it for longer")
        }
        return try each(of: key, "snoozed", by: person, at: now) {
            $0.snooze(by: person, for: length, at: now)
        }
    }

    private mutating func resolve(
        _ key: String, by person: String, at now: Timestamp
    ) throws(ActRefusal) -> String {
        let fingerprints = try firing(under: key)
        let said = try each(of: key, "ended by hand", by: person, at: now) {
            $0.endByHand(at: now)
        }
        for fingerprint in fingerprints {
            alerts[fingerprint]?.endedAt = now
            alerts[fingerprint]?.breachedSince = nil
        }
        suppressionsAreStale = true
        return said
    }

    /// Does something to every alert that fires under a key.
    private mutating func each(
        of key: String, _ event: String, by person: String, at now: Timestamp,
        _ change: (inout Incident) -> [IncidentEffect]
    ) throws(ActRefusal) -> String {
        let fingerprints = try firing(under: key)
        for fingerprint in fingerprints {
            guard var alert = alerts[fingerprint] else { continue }
            let effects = change(&alert.incident)
            alerts[fingerprint] = alert
            if alert.incident.response.isTaken { answered.insert(fingerprint) }
            var line = DeskLine(at: now, .act, fingerprint.description, event)
            (line.by, line.name, line.labels) = (person, alert.name, alert.labels)
            line.episode = alert.incident.cycle.episode
            changes.lines.append(line)
            changes.alerts.insert(fingerprint)
            apply(effects, fingerprint, now)
        }
        let names = Set(fingerprints.compactMap { alerts[$0]?.name }).sorted()
        let count = fingerprints.count == 1 ? "" : " (\(fingerprints.count) alerts)"
        return "\(names.joined(separator: ", "))\(count): \(event)"
    }
}

/// What a key names.
extension Desk {
    /// The alerts that fire under a key: of an episode, the start of one or of a fingerprint, or the
    /// name of an alert, where only one thing is meant.
    func firing(under key: String) throws(ActRefusal) -> [Fingerprint] {
        guard !key.isEmpty else { throw ActRefusal("which alert? Give its key") }
        if let id = keys[key], let group = groups[id] { return firing(under: group) }
        let firing = alerts.filter { $0.value.isFiring }
        let byPrint = firing.keys.filter { key.count >= 4 && $0.description.hasPrefix(key) }
        if byPrint.count == 1 { return byPrint }
        let ids = Set(keys.filter { $0.key.contains(key) }.values)
        if ids.count == 1, let group = ids.first.flatMap({ groups[$0] }) {
            return self.firing(under: group)
        }
        let named = firing.filter { $0.value.name == key }.map(\.key).sorted()
        if !named.isEmpty { return named }
        guard byPrint.isEmpty, ids.isEmpty else {
            throw ActRefusal("\(key) names more than one alert: give more of its key")
        }
        throw ActRefusal("nothing that fires has the key or the name \(key)")
    }
}

/// Silences and notes.
extension Desk {
    private mutating func silence(
        _ request: SilenceRequest, by person: String, at now: Timestamp
    ) throws(ActRefusal) -> String {
        var matchers: [Matcher] = []
        for text in request.matchers {
            do throws(MatcherFault) {
                matchers.append(try Matcher(parsing: text))
            } catch {
                throw ActRefusal("\(error)")
            }
        }
        let silence: Silence
        do throws(Silence.Refusal) {
            silence = try Silence(
                matchers, from: now, to: now + request.length, author: person,
                comment: String(request.reason.prefix(Act.longestText)),
                isForAll: request.isForAll)
        } catch {
            throw ActRefusal("\(error)")
        }
        let id = newSilenceID(at: now)
        silences[id] = silence
        changes.silences.insert(id)
        suppressionsAreStale = true
        changes.lines.append(DeskLine(silence: "silenced", id, silence, by: person, at: now))
        let count = alerts.values.count { $0.isFiring && silence.silences($0.matched, at: now) }
        return "silence \(id): \(count) firing alert\(count == 1 ? "" : "s") quiet"
    }

    private mutating func endSilence(
        _ id: String, by person: String, at now: Timestamp
    ) throws(ActRefusal) -> String {
        guard let silence = silences[id], !silence.isEnded else {
            let open = silences.filter { !$0.value.isEnded }.keys.sorted()
            throw ActRefusal(
                "no silence \(id) holds; "
                    + (open.isEmpty ? "there is none" : "there are \(open.joined(separator: ", "))")
            )
        }
        silences[id]?.expire()
        changes.silences.insert(id)
        suppressionsAreStale = true
        changes.lines.append(DeskLine(silence: "ended by hand", id, silence, by: person, at: now))
        return "silence \(id) ended"
    }

    private mutating func tested(
        _ receiver: String, _ isConfirmed: Bool, by person: String, at now: Timestamp
    ) throws(ActRefusal) -> String {
        guard plan.channels.contains(where: { $0.name == receiver }) else {
            throw ActRefusal("the watch has no receiver \(receiver)")
        }
        channels[receiver, default: ChannelRecord()].lastAccepted = now
        if isConfirmed { channels[receiver]?.lastConfirmed = now }
        changes.channels.insert(receiver)
        var line = DeskLine(at: now, .act, receiver, isConfirmed ? "test confirmed" : "tested")
        line.by = person
        changes.lines.append(line)
        return "\(receiver): \(line.event)"
    }

    private mutating func note(
        _ text: String, about key: String?, by person: String, at now: Timestamp
    ) throws(ActRefusal) -> String {
        guard !text.isEmpty else { throw ActRefusal("a note needs words") }
        guard text.count <= Act.longestText else {
            throw ActRefusal("a note has at most \(Act.longestText) characters")
        }
        if let key { _ = try firing(under: key) }
        notes.append(Note(at: now, author: person, text: text, key: key))
        if notes.count > Self.noteLimit { notes.removeFirst() }
        changes.hasNotes = true
        var line = DeskLine(at: now, .act, key ?? "", "note")
        (line.by, line.cause) = (person, text)
        changes.lines.append(line)
        return "noted"
    }

    /// Short, so that it can be typed: "s1", "s2", …
    private func newSilenceID(at now: Timestamp) -> String {
        let numbers = silences.keys.compactMap { Int($0.dropFirst()) }
        return "s\((numbers.max() ?? 0) + 1)"
    }
}
