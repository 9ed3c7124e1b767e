/// How a risk stands by the evidence for its mitigations.
public enum RiskState: String, Sendable, Hashable, Codable, CaseIterable {
    /// A mitigation is refuted.
    case exposed
    /// None is refuted, and some are unknown or a person's word.
    case partly
    /// Nothing says which checks mitigate it.
    case unbound
    /// Every mitigation is seen.
    case mitigated

    /// 0 for what needs eyes first.
    var rank: Int { Self.allCases.firstIndex(of: self) ?? 0 }
}

/// The verdict on one row of a risk register.
public struct RiskVerdict: Sendable, Hashable {
    public var anchor: String
    public var state: RiskState
    public var results: [CheckResult]

    init(anchor: String, results: [[CheckResult]]) {
        self.anchor = anchor
        self.results = results.flatMap(\.self)
        let verdicts = self.results.map(\.verdict)
        if verdicts.isEmpty {
            state = .unbound
        } else if verdicts.contains(.fail) {
            state = .exposed
        } else {
            let isSeen = results.allSatisfy { !$0.isEmpty } && verdicts.allSatisfy { $0 == .pass }
            state = isSeen ? .mitigated : .partly
        }
    }
}
