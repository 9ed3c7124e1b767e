import TimeSeries

/// What messages say.
extension Outbox {
    /// Messages without words.
    var unwritten: [OutboxEntry] {
        changedKeys.flatMap { key in
            laneIDs(of: key).flatMap { lanes[$0]?.queue.filter { $0.words == nil } ?? [] }
        }.sorted { ($0.key, $0.channel, $0.sequence) < ($1.key, $1.channel, $1.sequence) }
    }

    /// Gives a message its words; a fallback says in whose place it comes.
    mutating func write(_ page: Page, for entry: OutboxEntry) {
        let id = LaneID(channel: entry.channel, key: entry.key)
        guard
            let index = lanes[id]?.queue.firstIndex(where: { $0.sequence == entry.sequence })
        else { return }
        var page = page
        if let primary = entry.standsInFor {
            page.fallback = Page.Fallback(
                primary: primary, reason: entry.reasonToStandIn ?? "it did not take the page")
        }
        lanes[id]?.queue[index].page = page
    }

    func page(of entry: OutboxEntry) -> Page? {
        lanes[LaneID(channel: entry.channel, key: entry.key)]?.queue
            .first { $0.sequence == entry.sequence }?.page
    }

    /// The receivers that know of an episode.
    public func receivers(of key: String) -> [String] {
        laneIDs(of: key).filter { lanes[$0]?.openTrigger == nil }.map(\.channel)
    }

    /// Messages that wait for a channel, and since when the oldest does.
    public func waiting(for channel: String? = nil) -> (count: Int, since: Timestamp?) {
        let entries = lanes.filter { channel == nil || $0.key.channel == channel }
            .flatMap(\.value.queue)
        return (entries.count, entries.map(\.created).min())
    }
}
