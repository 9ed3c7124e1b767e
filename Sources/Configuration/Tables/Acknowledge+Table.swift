import Lint
import TOML
import Targets

/// `[acknowledge]`: links in pages that acknowledge them, and webhooks of PagerDuty that do.
public struct AcknowledgeSettings: Sendable, Hashable {
    /// A numeric address of the loopback and a port, behind a proxy that the world reaches.
    public var listen: WatchSettings.Address
    /// What links in pages begin with; nil: pages have none.
    public var url: String?
    /// The secret that PagerDuty signs its webhooks with; nil: none are taken.
    public var pagerDuty: SecretSource?

    public init(
        listen: WatchSettings.Address, url: String? = nil, pagerDuty: SecretSource? = nil
    ) {
        self.listen = listen
        self.url = url
        self.pagerDuty = pagerDuty
    }
}

extension AcknowledgeSettings {
    /// Reads `[acknowledge]`; nil where there is none, or a bad one.
    init?(reading root: inout TableReader) {
        guard var table = root.table("acknowledge", header: "[acknowledge]") else { return nil }
        let listen = table.loopback("listen")
        let url = table.text("url")
        let pagerDuty = table.secret("pagerduty_secret")
        table.finish()
        if table.table["listen"] == nil {
            table.reportMissing("listen", help: "Write listen = \"127.0.0.1:9096\".")
        }
        if let url, !url.value.hasPrefix("https://"), !url.value.hasPrefix("http://127.0.0.1") {
            table.report(
                "url", at: url.position, "\(url.quoted) does not begin with https://.",
                help: "Whoever reads the link on its way could use it.")
        }
        if url == nil, table.table["url"] == nil, table.table["pagerduty_secret"] == nil {
            table.reportMissing(
                "url", help: "Write url = \"https://…\", or pagerduty_secret, or both.")
        }
        guard let listen else { return nil }
        self.init(listen: listen, url: url?.value, pagerDuty: pagerDuty)
    }
}
