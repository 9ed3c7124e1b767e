import PromQL
import TimeSeries

/// How the items of one plan are to be judged: what a `NAME.checks.toml` says.
public struct Bindings: Sendable, Hashable {
    /// The plan's file as it is named there.
    public var plan: String
    /// Opt-in checks that may run, and the hosts that they may run against.
    public var allow: [String]
    public var hosts: [String]
    /// Sites whose pages may read the API: without one nobody can tell that others may not.
    public var origins: [String] = []
    public var items: [ItemBinding]
    public var kpis: [KPIBinding]
    public var risks: [RiskBinding] = []
    public var probes = ProbeSettings()
    public var postgres = PostgresExpectations()
    public var sessions: [SessionStore] = []
    public var deploy = DeploymentPlan()
    public var audit = AuditExpectations()
    public var apis: [APIExpectations] = []
    public var containers = ContainerExpectations()
    public var reports: [ReportBinding]

    public init(
        plan: String = "", allow: [String] = [], hosts: [String] = [], items: [ItemBinding] = [],
        kpis: [KPIBinding] = [], reports: [ReportBinding] = []
    ) {
        self.plan = plan
        self.allow = allow
        self.hosts = hosts
        self.items = items
        self.kpis = kpis
        self.reports = reports
    }
}

/// What one item rests on.
public struct ItemBinding: Sendable, Hashable {
    /// The anchor, and the text that was bound: together they find the item again.
    public var anchor: String
    public var text: String
    public var checks: [String] = []
    /// A condition of the plan's own; counts as one more check.
    public var condition: BoundCondition?
    /// Conditions on files, documents, commands and URLs; each counts as one more check.
    public var assertions: [BoundAssertion] = []
    public var need = Need.all
    public var itemClass = ItemClass.auto
    /// nil: the highest of its checks.
    public var severity: Severity?
    /// Check → names of the targets that it is judged on; every target of the kind by default.
    public var targets: [String: [String]] = [:]
    /// Anchors or heading slugs of the items that `item.derived` follows from.
    public var from: [String] = []
    public var life = Life.live
    /// Of a step of a run: whether it may be done before the ones above it.
    public var anyOrder = false
    /// How long a signature is good for.
    public var expires: Duration?
    public var needsEvidence = false
    /// How many people must sign.
    public var signers = 1
    /// The user who sees to it; nil: nobody in particular.
    public var owner: String?
    /// Where it is written.
    public var line: Int
    public var column: Int

    public init(anchor: String, text: String, line: Int = 1, column: Int = 1) {
        self.anchor = anchor
        self.text = text
        self.line = line
        self.column = column
    }

    /// How many of the checks must hold.
    public enum Need: Sendable, Hashable {
        case all, any
        case atLeast(Int)

        func count(of total: Int) -> Int {
            switch self {
            case .all: total
            case .any: min(1, total)
            case .atLeast(let number): min(number, total)
            }
        }
    }

    public enum Life: String, Sendable, Hashable, Codable, CaseIterable {
        /// It unticks when the evidence turns.
        case live
        /// It is a step: once verified in a run it stays so.
        case run
    }
}

/// Who decides an item.
public enum ItemClass: String, Sendable, Hashable, Codable, CaseIterable {
    /// Evidence alone.
    case auto
    /// Evidence can refute or support; a person signs the rest.
    case partial
    /// A person alone.
    case attest
}

/// A condition with the least number of samples that decide it.
public struct BoundCondition: Sendable, Hashable {
    public var condition: Condition
    /// How many samples there are; nil: one result decides.
    public var samples: Expression?
    public var minimumSamples: Double

    public init(_ condition: Condition, samples: Expression? = nil, minimumSamples: Double = 1) {
        self.condition = condition
        self.samples = samples
        self.minimumSamples = minimumSamples
    }
}

/// A KPI row and the name of the KPI of the configuration that measures it.
public struct KPIBinding: Sendable, Hashable {
    public var row: String
    public var kpi: String
    public var minimumSamples: Double
    /// Where it is written.
    public var line: Int
    public var column: Int

    public init(
        row: String, kpi: String, minimumSamples: Double = 1, line: Int = 1, column: Int = 1
    ) {
        self.row = row
        self.kpi = kpi
        self.minimumSamples = minimumSamples
        self.line = line
        self.column = column
    }
}

/// A row of a risk register and the checks that show whether its mitigations hold.
public struct RiskBinding: Sendable, Hashable {
    public var row: String
    public var checks: [String]
    /// Where it is written.
    public var line: Int
    public var column: Int

    public init(row: String, checks: [String], line: Int = 1, column: Int = 1) {
        self.row = row
        self.checks = checks
        self.line = line
        self.column = column
    }
}
