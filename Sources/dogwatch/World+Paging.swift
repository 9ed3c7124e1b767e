import Alerting
import Configuration
import Delivery
import Glibc
import Journal
import Reactor
import TimeSeries
import Watch

extension World {
    /// What the pager of an owner works with; of anybody else nothing is sent or kept.
    func pagingPorts(_ loaded: Loaded, isOwner: Bool) -> PagingPorts {
        guard isOwner else { return PagingPorts() }
        let folder = loaded.state.path
        var ports = PagingPorts(
            store: PagerFile(path: loaded.state.pagerPath, now: wallClock),
            makeSenders: { configuration in
                Dictionary(
                    makeReceivers(configuration.paging.receivers).map {
                        ($0.name, ReceiverSender(receiver: $0) as any PageSender)
                    }, uniquingKeysWith: { first, _ in first })
            },
            makeDeadMan: { configuration in
                configuration.paging.deadMan.map {
                    HealthchecksPing(
                        settings: $0, client: client, secrets: makeDeliveryPorts().secrets,
                        userAgent: "dogwatch/\(version)")
                }
            },
            freeBytes: { freeBytes(in: folder) })
        ports.makeLinks = { configuration in
            guard let base = configuration.paging.acknowledge?.url,
                let secret = linkSecret(in: folder)
            else { return nil }
            return AcknowledgementLinks(base: base, secret: secret) {
                MessageCode.sha256(key: $0, $1)
            }
        }
        return ports
    }
}

/// A receiver as the pager uses it.
private struct ReceiverSender: PageSender {
    let receiver: any Receiver

    /// A receiver has its own limits; this one is for what hangs beyond them.
    private static let limit = Duration.seconds(40)

    func send(_ page: Page, at now: Timestamp) async -> SendResult {
        let outcome = await receiver.send(page, attempt: now, by: .after(Self.limit))
        return SendResult(outcome.verdict, outcome.words)
    }
}

/// What is free for us on the disk of a folder; nothing is known where that cannot be asked.
private func freeBytes(in folder: String) -> Int64 {
    var facts = statvfs()
    guard statvfs(folder, &facts) == 0 else { return .max }
    return Int64(clamping: UInt64(facts.f_bavail) * UInt64(facts.f_frsize))
}
