import Checklist
import Snapshot
import Targets
import Terminal
import TimeSeries

/// All that the dashboard shows and remembers. A value: `update` makes the next one.
public struct Model: Sendable, Equatable {
    /// Where the newest snapshot comes from.
    public enum Link: Sendable, Equatable {
        /// Says to what: "connecting to the watch …".
        case connecting(String)
        case live
        /// The owner is gone; says why. The last snapshot stays, marked.
        case lost(String)
    }

    /// What lies over the view and takes the keys.
    public enum Overlay: Sendable, Equatable {
        case help(scroll: Int)
        /// Shown while its selected theme is tried; remembers the one to go back to.
        case themes(selected: Int, before: Int)
        case faults(selected: Int)
        case quit
    }

    public var size: Size
    /// Wall time, to the second.
    public var now: Timestamp
    public var link: Link
    /// The newest snapshot.
    public var snapshot: Snapshot?
    /// Set while the display is paused: what is shown, and since when.
    public var paused: Paused?
    /// True when this process owns the watch: it ends with the dashboard unless it is served.
    public var ownsWatch: Bool
    public var themeNames: [String]
    public var theme: Int
    /// Names of the demo's faults; empty where there are none to cause.
    public var faults: [String]

    public var focus: PaneKind
    public var selection: [PaneKind: RowID] = [:]
    /// Set while one pane has the whole screen.
    public var zoom: PaneKind?
    /// Set while one row's facts have the whole screen.
    public var detail: Detail?
    public var filter = ""
    /// True while the filter is being typed.
    public var isTyping = false
    public var overlay: Overlay?
    /// The command line while it is typed.
    public var prompt: Prompt?
    public var plans = PlansView()
    /// The runbooks that were opened last, by their places.
    public var runbooks: [String: Runbook] = [:]
    /// What the last act led to; gone with the next key.
    public var message: String?
    /// When the bell last rang as nobody could be told of a page.
    public var alarmedAt: Timestamp?
    /// What the screen costs: bytes per second to the terminal, over the last seconds.
    public var bytesPerSecond: Double?

    public struct Paused: Sendable, Equatable {
        public var snapshot: Snapshot
        public var at: Timestamp
        public var reports: [ChecklistReport]
    }

    public struct Detail: Sendable, Equatable {
        public var row: RowID
        public var scroll = 0
    }

    public init(
        size: Size = Size(width: 80, height: 24), now: Timestamp,
        link: Link = .connecting("connecting to the watch …"), ownsWatch: Bool = false,
        themeNames: [String] = [], theme: Int = 0, faults: [String] = []
    ) {
        self.size = size
        self.now = now
        self.link = link
        self.ownsWatch = ownsWatch
        self.themeNames = themeNames
        self.theme = theme
        self.faults = faults
        focus = .endpoints
    }

    /// The snapshot on the screen, and the time that its ages are counted to.
    var shown: (snapshot: Snapshot, now: Timestamp)? {
        if let paused { return (paused.snapshot, paused.at) }
        return snapshot.map { ($0, now) }
    }
}

/// A pane of the overview.
public enum PaneKind: String, Sendable, Hashable, CaseIterable {
    case kpis, slos, endpoints, postgres, redis, containers, host, others, services
    case alerts, limits, checklist

    var title: String {
        switch self {
        case .kpis: "KPIs"
        case .slos: "SLOs"
        case .endpoints: "Endpoints"
        case .postgres: "PostgreSQL"
        case .redis: "Redis"
        case .containers: "Containers"
        case .host: "Host"
        case .others: "Scrapes, commands"
        case .services: "Services"
        case .alerts: "Alerts"
        case .limits: "Next to breach"
        case .checklist: "Checklist"
        }
    }
}

/// What a row stands for; the selection follows it when rows move.
public enum RowID: Sendable, Hashable {
    case target(TargetID)
    case container(TargetID, String)
    case kpi(String)
    case slo(String)
    /// Rule name and labels in words.
    case alert(String, String)
    /// What is limited.
    case limit(String)
    /// By its file.
    case plan(String)
    /// File and line.
    case planSection(String, Int)
    /// File and anchor.
    case planItem(String, String)
    case planRisk(String, String)
    case planKPI(String, String)
    /// File and name.
    case planFigure(String, String)
    /// File and place among the plan's notes.
    case planNote(String, Int)
}
