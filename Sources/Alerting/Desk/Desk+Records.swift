import FoundationEssentials
import Records
import TimeSeries

/// What the desk writes down, and how it goes on from there.
///
///     alert   fingerprint   DeskAlert
///     group   id            DeskGroup
///     page    key           the messages of one episode, and who is told of it next
///     pager   state         the storm, and the channels that refuse us
///     silence id            matchers, times, author, reason
///     channel name          how it did lately
///     notes   all           what people wrote
///     lost    all           messages that are not tried again, until somebody has seen them
extension Desk {
    enum Kind: String, CaseIterable {
        case alert, group, page, pager, silence, channel, notes, lost
    }

    /// What is to be written down now; asked again it gives what changed since.
    public mutating func takeChanges() -> RecordBatch {
        var batch = RecordBatch()
        let encoder = Self.encoder()
        for fingerprint in changes.alerts {
            batch.set(.alert, fingerprint.description, alerts[fingerprint], encoder)
        }
        for id in changes.groups { batch.set(.group, id, groups[id], encoder) }
        for id in changes.silences {
            batch.set(.silence, id, silences[id].map(SilenceRecord.init), encoder)
        }
        for name in changes.channels { batch.set(.channel, name, channels[name], encoder) }
        if changes.hasNotes { batch.set(.notes, "all", notes, encoder) }
        if changes.hasLost { batch.set(.lost, "all", lost, encoder) }
        for (key, record) in pager.takeChanges() { batch.set(.page, key, record, encoder) }
        if let state = pager.takeState() { batch.set(.pager, "state", state, encoder) }
        batch.lines = changes.lines.map(\.record)
        changes = DeskChanges()
        return batch
    }

    /// Whether there is something to be written down.
    public var hasChanges: Bool {
        !(changes.alerts.isEmpty && changes.groups.isEmpty && changes.silences.isEmpty
            && changes.channels.isEmpty && changes.lines.isEmpty && pager.changedKeys.isEmpty
            && pager.outbox.changedKeys.isEmpty) || changes.hasNotes || changes.hasLost
    }

    /// Goes on from what was written down; gives how much of it could not be read, and was left out.
    /// What lies ahead of the clock was written before somebody set it back.
    public mutating func restore(_ parts: [ReadRecords], at now: Timestamp) -> Int {
        for part in parts {
            for (fingerprint, alert) in part.alerts {
                alerts[fingerprint] = alert
                if alert.incident.response.isTaken { answered.insert(fingerprint) }
                index[alert.rule, default: [:]][alert.element] = fingerprint
            }
            for group in part.groups {
                groups[group.id] = group
                if let key = group.key { keys[key] = group.id }
            }
            for (id, silence) in part.silences { silences[id] = silence }
            for (name, channel) in part.channels { channels[name] = channel }
            if let written = part.notes { notes = written }
            if let written = part.lost { lost = written }
            if let state = part.pager { pager.restore(state) }
            pager.restore(part.pages)
        }
        suppressionsAreStale = true
        clockWasSet(by: .zero - lead(over: now))
        return parts.reduce(0) { $0 + $1.damaged }
    }
}

/// What a part of the records says. Reading is most of the work of a restart, so that parts are read side
/// by side.
public struct ReadRecords: Sendable {
    var alerts: [(Fingerprint, DeskAlert)] = []
    var groups: [DeskGroup] = []
    var silences: [(String, Silence)] = []
    var channels: [(String, Desk.ChannelRecord)] = []
    var notes: [Desk.Note]?
    var lost: [LostPage]?
    var pager: PagerRecord?
    var pages: [String: PageRecord] = [:]
    var damaged = 0

    /// Records of other kinds are those of others.
    public init(_ records: some Sequence<StateRecord>) {
        let decoder = Desk.decoder()
        for record in records {
            guard let kind = Desk.Kind(rawValue: record.kind) else { continue }
            do {
                try take(record, kind, decoder)
            } catch {
                damaged += 1
            }
        }
    }

    private mutating func take(
        _ record: StateRecord, _ kind: Desk.Kind, _ decoder: JSONDecoder
    ) throws {
        func read<Value: Decodable>() throws -> Value {
            try decoder.decode(Value.self, from: Data(record.body))
        }
        switch kind {
        case .alert:
            var alert: DeskAlert = try read()
            alert.isRestored = true
            alerts.append((Fingerprint(record.key), alert))
        case .group: groups.append(try read())
        case .page: pages[record.key] = try read()
        case .pager: pager = try read()
        case .silence: silences.append((record.key, try (read() as SilenceRecord).silence()))
        case .channel: channels.append((record.key, try read()))
        case .notes: notes = try read()
        case .lost: lost = try read()
        }
    }
}

/// The messages of one episode, and who is told of it next.
struct PageRecord: Codable, Sendable {
    var channels: [String]
    var lanes: [String: Outbox.Lane]
    var ladders: [Ladder]
}

/// What the pager knows beside episodes.
struct PagerRecord: Codable, Hashable, Sendable {
    struct Told: Codable, Hashable, Sendable {
        var audience: Audience
        var gathering: Pager.Gathering
    }

    var storm: StormWatch
    var gatherings: [Told]
    var stormCount: Int
    var broken: [String: Timestamp]
}

private struct SilenceRecord: Codable {
    var matchers: [String]
    var start: Timestamp
    var end: Timestamp
    var author: String
    var comment: String
    var isEnded: Bool

    init(_ silence: Silence) {
        matchers = silence.matchers.map(\.description)
        (start, end) = (silence.start, silence.end)
        (author, comment) = (silence.author, silence.comment)
        isEnded = silence.isEnded
    }

    func silence() throws -> Silence {
        var silence = try Silence(
            try matchers.map { try Matcher(parsing: $0) }, from: start, to: end, author: author,
            comment: comment, isForAll: true)
        if isEnded { silence.expire() }
        return silence
    }
}

extension Pager {
    /// The episodes that changed since this was last asked; nil: nothing more is to be said of it.
    mutating func takeChanges() -> [(key: String, record: PageRecord?)] {
        let keys = mutateOutbox { $0.takeChangedKeys() }.union(changedKeys)
        changedKeys = []
        return keys.sorted().map { key in
            let (channels, lanes) = outbox.state(of: key)
            let ladders = ladders[key] ?? []
            let isOver = channels.isEmpty && lanes.isEmpty && ladders.isEmpty
            return (
                key, isOver ? nil : PageRecord(channels: channels, lanes: lanes, ladders: ladders)
            )
        }
    }

    /// Nil where it is what was taken last.
    mutating func takeState() -> PagerRecord? {
        let state = PagerRecord(
            storm: storm,
            gatherings: gatherings.map { .init(audience: $0.key, gathering: $0.value) }
                .sorted { $0.gathering.key < $1.gathering.key },
            stormCount: stormCount, broken: outbox.broken)
        guard state != writtenState else { return nil }
        defer { writtenState = state }
        return writtenState == nil && state.isBlank ? nil : state
    }

    mutating func restore(_ pages: [String: PageRecord]) {
        for (key, page) in pages where !page.ladders.isEmpty { ladders[key] = page.ladders }
        mutateOutbox { outbox in
            for (key, page) in pages { outbox.restore(key, page.channels, page.lanes) }
        }
    }

    mutating func restore(_ state: PagerRecord) {
        (storm, stormCount) = (state.storm, state.stormCount)
        gatherings = Dictionary(
            state.gatherings.map { ($0.audience, $0.gathering) }, uniquingKeysWith: { $1 })
        mutateOutbox { outbox in
            outbox.broken = state.broken.filter { outbox.channels[$0.key] != nil }
        }
        writtenState = state
    }
}

extension PagerRecord {
    var isBlank: Bool {
        storm == StormWatch() && gatherings.isEmpty && stormCount == 0 && broken.isEmpty
    }
}

extension Outbox {
    mutating func takeChangedKeys() -> Set<String> {
        defer { changedKeys = [] }
        return changedKeys
    }

    func state(of key: String) -> (channels: [String], lanes: [String: Lane]) {
        let channels = channelsByKey[key] ?? []
        let own = channels.compactMap { channel in
            lanes[LaneID(channel: channel, key: key)].map { (channel, $0) }
        }
        return (channels, Dictionary(own, uniquingKeysWith: { first, _ in first }))
    }

    /// Any message may have been sent by the process that ended: it is sent again, and what follows
    /// waits for it.
    mutating func restore(_ key: String, _ channels: [String], _ restored: [String: Lane]) {
        channelsByKey[key] = channels.isEmpty ? nil : channels
        for (channel, lane) in restored {
            var lane = lane
            for index in lane.queue.indices { lane.queue[index].isInFlight = false }
            if let first = lane.queue.first { lane.queue[0].attempts = max(1, first.attempts) }
            lanes[LaneID(channel: channel, key: key)] = lane
        }
    }
}

extension DeskLine {
    fileprivate var record: HistoryLine {
        HistoryLine(
            at: at, kind: kind.rawValue, subject: subject,
            body: (try? JSONEncoder().encode(self)).map(Array.init) ?? [])
    }
}

extension RecordBatch {
    fileprivate mutating func set(
        _ kind: Desk.Kind, _ key: String, _ value: (some Encodable)?, _ encoder: JSONEncoder
    ) {
        if let value, let data = try? encoder.encode(value) {
            puts.append(StateRecord(kind: kind.rawValue, key: key, body: Array(data)))
        } else {
            removals.append(StateRecord.ID(kind: kind.rawValue, key: key))
        }
    }
}

extension Desk {
    /// The same value gives the same bytes.
    fileprivate static func encoder() -> JSONEncoder {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        encoder.nonConformingFloatEncodingStrategy = .convertToString(
            positiveInfinity: "inf", negativeInfinity: "-inf", nan: "nan")
        return encoder
    }
}

extension Desk {
    fileprivate static func decoder() -> JSONDecoder {
        let decoder = JSONDecoder()
        decoder.nonConformingFloatDecodingStrategy = .convertFromString(
            positiveInfinity: "inf", negativeInfinity: "-inf", nan: "nan")
        return decoder
    }
}
