import Targets
import TimeSeries

extension Judges {
    typealias Container = ContainersDetail.Container

    static let containers: [String: Judge] = [
        "container.limits.memory": { evidence in
            evidence.eachEngine { containers, seen in
                every(containers, at: seen, "with a memory limit") {
                    ($0.memoryLimitBytes ?? 0) > 0
                }
            }
        },
        "container.limits.cpu": { evidence in
            evidence.eachEngine { containers, seen in
                quotas(containers, at: seen)
            }
        },
        "container.limits.pids": { evidence in
            evidence.eachEngine { containers, seen in
                every(containers, at: seen, "with a process limit") { ($0.pidsLimit ?? 0) > 0 }
            }
        },
        "container.image.semver": { evidence in
            evidence.eachEngine { containers, seen in pinned(containers, at: seen) }
        },
        "container.healthcheck": { evidence in
            evidence.eachEngine { containers, seen in healthy(containers, at: seen) }
        },
        "container.restarts": { evidence in
            // One that the engine starts again and again runs only now and then.
            evidence.eachEngine(in: ["running", "restarting"]) { containers, seen in
                restarts(containers, at: seen, now: evidence.now)
            }
        },
    ]

    /// Passes when all containers have it; names those that have not. What was not inspected is not
    /// known to lack it.
    private static func every(
        _ containers: [Container], at seen: Timestamp, _ what: String, _ has: (Container) -> Bool
    ) -> Outcome {
        let lacking = containers.filter { $0.isolation != nil && !has($0) }.map(\.name)
        let good = containers.count { $0.isolation != nil && has($0) }
        let count = "\(good)/\(containers.count) \(what)"
        if lacking.isEmpty, let doubt = uninspected(containers, at: seen) { return doubt }
        let text = lacking.isEmpty ? count : "\(count); not: \(names(lacking))"
        return Outcome(
            lacking.isEmpty ? .pass : .fail, text, subjects: containers.count, at: seen)
    }

    /// Nil where the engine has told of every container.
    private static func uninspected(_ containers: [Container], at seen: Timestamp) -> Outcome? {
        let silent = containers.filter { $0.isolation == nil }.map(\.name)
        guard !silent.isEmpty else { return nil }
        return .unknown("the engine has not told of \(names(silent))", at: seen)
    }

    /// A weight is no limit, but somebody has thought of it.
    private static func quotas(_ containers: [Container], at seen: Timestamp) -> Outcome {
        let outcome = every(containers, at: seen, "with a CPU quota") { ($0.cpuLimit ?? 0) > 0 }
        let lacking = containers.filter { $0.isolation != nil && ($0.cpuLimit ?? 0) <= 0 }
        guard outcome.verdict == .fail, lacking.allSatisfy({ $0.isolation?.hasCPUShares == true })
        else { return outcome }
        return Outcome(
            .warn, "\(outcome.evidence) (shares only)", subjects: outcome.subjects, at: seen)
    }

    private static func names(_ names: [String]) -> String {
        let shown = names.sorted().prefix(5).joined(separator: ", ")
        return names.count > 5 ? "\(shown) and \(names.count - 5) more" : shown
    }

    private static func pinned(_ containers: [Container], at seen: Timestamp) -> Outcome {
        let pins = containers.map { ($0.name, ImagePin($0.image)) }
        let loose = pins.filter { $0.1 == .loose }.map(\.0)
        let digests = pins.filter { $0.1 == .digest }.map(\.0)
        guard loose.isEmpty else {
            return Outcome(
                .fail, "without a version: \(names(loose))", subjects: containers.count, at: seen)
        }
        let text = "\(containers.count)/\(containers.count) pinned"
        guard digests.isEmpty else {
            return Outcome(
                .warn, "\(text); by digest alone: \(names(digests))", subjects: containers.count,
                at: seen)
        }
        return Outcome(.pass, text, subjects: containers.count, at: seen)
    }

    private static func healthy(_ containers: [Container], at seen: Timestamp) -> Outcome {
        let count = containers.count
        let bad = containers.filter { container in
            container.health == "unhealthy"
                || container.isolation != nil && container.health == nil
        }.map(\.name)
        if bad.isEmpty, let doubt = uninspected(containers, at: seen) { return doubt }
        guard bad.isEmpty else {
            return Outcome(
                .fail, "unhealthy or without a check: \(names(bad))", subjects: count, at: seen)
        }
        let doubtful = containers.filter { $0.health != "healthy" || $0.failingStreak > 0 }
        guard doubtful.isEmpty else {
            let text = "starting or failing now: \(names(doubtful.map(\.name)))"
            return Outcome(.warn, text, subjects: count, at: seen)
        }
        let test = containers.lazy.compactMap(\.isolation?.healthTest).first { !$0.isEmpty }
        let how = test.map { " (\($0)\(count > 1 ? ", …" : ""))" } ?? ""
        return Outcome(.pass, "\(count)/\(count) healthy\(how)", subjects: count, at: seen)
    }

    /// The engine tells restarts since the container was made, not when they were: those of one that
    /// has run for a day are older than that.
    private static func restarts(
        _ containers: [Container], at seen: Timestamp, now: Timestamp
    ) -> Outcome {
        let count = containers.count
        let killed = containers.filter(\.wasOOMKilled).map(\.name)
        let looping = containers.filter { container in
            container.recentRestarts >= 2 || container.state == "restarting"
        }.map(\.name)
        guard killed.isEmpty, looping.isEmpty else {
            let text = "restarted or killed for memory: \(names(killed + looping))"
            return Outcome(.fail, text, subjects: count, at: seen)
        }
        if let doubt = uninspected(containers, at: seen) { return doubt }
        let young = containers.filter { container in
            guard let start = container.startedAt else { return true }
            return now.seconds - start < 86_400 && container.restarts > 0
        }
        guard young.isEmpty else {
            let text = "restarted within a day: \(names(young.map(\.name)))"
            return Outcome(.warn, text, subjects: count, at: seen)
        }
        return Outcome(.pass, "no restart within a day", subjects: count, at: seen)
    }
}

/// How firmly an image's reference names one image.
enum ImagePin: Hashable {
    case version, digest, loose

    init(_ image: String) {
        let isDigested = image.contains("@sha256:")
        let name = image.prefix { $0 != "@" }
        let last = name.split(separator: "/").last ?? ""
        let tag = last.firstIndex(of: ":").map { last[last.index(after: $0)...] } ?? ""
        if isSemanticVersion(tag) {
            self = .version
        } else {
            self = isDigested ? .digest : .loose
        }
    }
}

/// "1.4.2", "v1.4.2-rc.1": three numbers, then nothing or a suffix. Source: semver.org, 2.0.0.
func isSemanticVersion(_ text: some StringProtocol) -> Bool {
    let bare = text.hasPrefix("v") ? text.dropFirst() : text[...]
    let core = bare.prefix { !"-+".contains($0) }
    let parts = core.split(separator: ".", omittingEmptySubsequences: false)
    let isWritten = text.allSatisfy {
        $0.isASCII && ($0.isLetter || $0.isNumber || "-+.".contains($0))
    }
    return isWritten && parts.count == 3
        && parts.allSatisfy { !$0.isEmpty && $0.allSatisfy(\.isNumber) }
}
