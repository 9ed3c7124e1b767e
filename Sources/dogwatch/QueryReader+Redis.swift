import Checklist
import Collectors
import Targets

extension QueryReader {
    private static let patience = Duration.seconds(5)

    /// The one answer of a command that reads.
    func results(
        of words: [String], onRedis name: String, of targets: [TargetSpec]
    ) async throws(ReportFault) -> [String] {
        let target = targets.first { $0.id.kind == .redis && $0.id.name == name }
        guard let target, case .redis(let settings) = target.settings else {
            throw ReportFault("there is no [[redis]] of that name", at: name)
        }
        let answer: RedisAnswer?
        do throws(CollectionFailure) {
            let visit = RedisVisit(
                settings: settings, password: try await secret(settings.password),
                resolver: resolver)
            guard await budget.turn(at: visit.host) else {
                throw CollectionFailure(.cancelled, "not asked")
            }
            answer = try await visit.ask([words], by: .after(Self.patience)).first
        } catch {
            throw ReportFault(error.message, at: name)
        }
        switch answer {
        case .text(let text): return [text]
        case .refused(_, let said): throw ReportFault(said, at: name)
        case .list, .some(.none), nil: throw ReportFault("no single value", at: name)
        }
    }
}
