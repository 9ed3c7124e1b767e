import Lint
import Checklist
import Configuration
import Glibc
import Service
import Snapshot
import Targets
import TimeSeries

/// A plan on disk with its bindings.
struct PlanSource: Sendable, Hashable {
    var plan: String
    var checks: String

    init(plan: String, checks: String? = nil) {
        self.plan = plan
        self.checks = checks ?? BindingsFile.standard(for: plan)
    }

    init(_ file: WatchSettings.PlanFile) { self.init(plan: file.file, checks: file.checks) }

    /// A path without its folder.
    static func name(of path: String) -> String {
        path.split(separator: "/").last.map(String.init) ?? path
    }

    /// The plan's file, without its folder.
    var name: String { Self.name(of: plan) }

    /// Who vouches for what its bindings allow.
    var origin: Wanted.Origin {
        var facts = stat()
        let isThere = stat(checks, &facts) == 0
        return .init(plan: name, owner: isThere ? userName(facts.st_uid) : "nobody")
    }

    /// Changes when either file does.
    var stamps: [FileStamp?] { [FileStamp(of: plan), FileStamp(of: checks)] }

    /// Reads both. A plan without bindings is read too: all of its items are then unbound.
    func load() throws(PlanFailure) -> (plan: BoundPlan, warnings: [Fault]) {
        let document: Plan
        do {
            document = try Plan(
                parsing: try contents(of: plan, limit: Plan.maximumSize), name: plan)
        } catch let failure as PlanFailure {
            throw failure
        } catch {
            throw .unusable("\(plan): \(error)")
        }
        guard access(checks, F_OK) == 0 else { return (BoundPlan(document, Bindings()), []) }
        let bytes = try contents(of: checks, limit: 1 << 20)
        switch BindingsFile.read(bytes: bytes, path: checks, plan: document) {
        case .success(let result): return result
        case .failure(let faults): throw .unusable(faults.description)
        }
    }
}

extension PlanSource {
    /// Says every fault and warning of the plans and their bindings; false when one cannot be used.
    static func lint(_ configuration: Configuration) -> Bool {
        var isUsable = true
        for file in configuration.watch.plans {
            let source = PlanSource(file)
            do {
                let (plan, warnings) = try source.load()
                for warning in warnings { complain(warning.description) }
                let faults =
                    plan.faults(against: configuration.kpis, path: source.checks)
                    + plan.faults(against: configuration.targets, path: source.checks)
                if !faults.isEmpty { complain(Faults(faults).description) }
                isUsable = isUsable && faults.isEmpty
            } catch {
                complain("\(error)")
                isUsable = false
            }
        }
        return isUsable
    }
}

/// Why a plan cannot be shown; in words for the person.
enum PlanFailure: Error, CustomStringConvertible {
    case unusable(String)
    case unreadable(String, errno: Int32)

    var description: String {
        switch self {
        case .unusable(let why): why
        case .unreadable(let path, let error):
            "\(path): cannot be read: \(String(cString: strerror(error)))."
        }
    }
}

/// The bytes of a file, one more than `limit` at most. Opened without waiting: a FIFO reads as empty.
private func contents(of path: String, limit: Int) throws(PlanFailure) -> [UInt8] {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
    guard descriptor >= 0 else { throw .unreadable(path, errno: errno) }
    defer { close(descriptor) }
    var bytes: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 65_536)
    while bytes.count <= limit {
        let count = read(descriptor, &buffer, buffer.count)
        guard count >= 0 else { throw .unreadable(path, errno: errno) }
        if count == 0 { break }
        bytes += buffer[..<count]
    }
    return bytes
}

extension Evidence {
    /// What a snapshot shows of the targets.
    init(_ snapshot: Snapshot, at now: Timestamp) {
        self.init(
            now: now,
            sources: snapshot.targets.map { state in
                let hasFailed =
                    (state.lastTry ?? .distantPast) > (state.lastSuccess ?? .distantPast)
                return Source(
                    id: state.id, detail: state.detail, seenAt: state.lastSuccess,
                    interval: state.interval, recent: state.history.values,
                    failure: hasFailed ? state.reason : nil)
            })
    }
}
