import Checklist
import Targets
import TimeSeries

/// Everything that is asked for plans alone, beside what the watch collects anyway. Each survey has its
/// own pace; nothing is asked that no item rests on.
struct Surveys: Sendable {
    let edge: EdgeSurvey

    init(_ world: World) {
        edge = EdgeSurvey(client: world.client, userAgent: "dogwatch/\(Dogwatch.version)")
    }

    /// What is known for these checks, asked anew where it is due.
    func findings(
        for checks: Set<String>, on targets: [TargetSpec], at now: Timestamp
    ) async -> Surveyed {
        var found = Surveyed()
        if !checks.isDisjoint(with: Catalogue.edgeChecks) {
            found.edges = await edge.facts(of: targets, at: now)
        }
        return found
    }

    /// The same for one pass of a command: two looks, one right after the other.
    func looks(for checks: Set<String>, at targets: [TargetSpec]) async -> Surveyed {
        var found = Surveyed()
        if !checks.isDisjoint(with: Catalogue.edgeChecks) {
            found.edges = await edge.looks(at: targets)
        }
        return found
    }
}
