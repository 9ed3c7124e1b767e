import Targets
import TimeSeries

extension ContainersCollector {
    /// Labels of Docker Compose that tell containers apart; the others repeat its files.
    private static let composeLabels = ["project", "service", "container-number", "oneoff"]

    func reading(of engine: EngineIdentity, notes: [Finding]) -> Reading {
        let wall = clock()
        let sorted = tracks.values.sorted { $0.entry.name < $1.entry.name }
        var detail = ContainersDetail()
        detail.engine = engine.title
        detail.apiVersion = engine.api.description
        detail.containers = sorted.map { row(of: $0, at: wall) }
        let subjects = sorted.map { track in
            ContainerSeries.Subject(
                track: track, limits: ContainerLimits(track.inspection?.hostConfig),
                labels: Self.labels(of: track), wall: wall)
        }
        return Reading(
            families: ContainerSeries(subjects: subjects).families + machineFamilies(engine),
            detail: .containers(detail), findings: notes + findings(about: sorted, at: wall))
    }

    private func machineFamilies(_ engine: EngineIdentity) -> [MetricFamily] {
        let info: Labels = [
            "engine": engine.dialect == .podman ? "podman" : "docker",
            "version": engine.version, "api_version": engine.api.description,
        ]
        var families = [
            MetricFamily(
                "container_engine_info", .info, "The engine and the API version spoken with it.",
                [MetricPoint(1, info)])
        ]
        if let cores = natural(machine?.cores) {
            families.append(
                MetricFamily("machine_cpu_cores", .gauge, "Cores of the machine.", value: cores))
        }
        if let memory = natural(machine?.memory) {
            families.append(
                MetricFamily(
                    "machine_memory_bytes", .gauge, "Memory of the machine.", value: memory))
        }
        return families
    }

    /// name, image, id, and the labels of Docker Compose under cAdvisor's names for them.
    static func labels(of track: ContainerTrack) -> Labels {
        var labels: Labels = [
            "name": cleaned(track.entry.name, limit: 128), "image": image(of: track),
            "id": cleaned(track.entry.id, limit: 64),
        ]
        for key in composeLabels {
            guard let value = track.entry.labels?["com.docker.compose.\(key)"] else { continue }
            let name = "container_label_com_docker_compose_\(key.replacing("-", with: "_"))"
            labels[name] = cleaned(value, limit: 128)
        }
        return labels
    }

    private static func image(of track: ContainerTrack) -> String {
        cleaned(track.inspection?.config?.image ?? track.entry.image ?? "", limit: 200)
    }

    /// Podman leaves out the name of the digest's algorithm in some replies.
    private static func imageID(of track: ContainerTrack) -> String {
        let id = cleaned(track.entry.imageID ?? "", limit: 100)
        return id.isEmpty || id.contains(":") ? id : "sha256:\(id)"
    }

    private func row(of track: ContainerTrack, at wall: Double) -> ContainersDetail.Container {
        let limits = ContainerLimits(track.inspection?.hostConfig)
        var row = ContainersDetail.Container()
        row.id = cleaned(track.entry.id, limit: 64)
        row.name = cleaned(track.entry.name, limit: 128)
        row.image = Self.image(of: track)
        row.imageID = Self.imageID(of: track)
        row.project = track.entry.labels?["com.docker.compose.project"].map {
            cleaned($0, limit: 80)
        }
        row.service = track.entry.labels?["com.docker.compose.service"].map {
            cleaned($0, limit: 80)
        }
        row.state = cleaned(track.state, limit: 20)
        row.health = track.health.map { cleaned($0, limit: 20) }
        row.healthOutput = track.inspection?.state?.health?.log?.last?.output.map { cleaned($0) }
        row.failingStreak = whole(track.inspection?.state?.health?.failingStreak) ?? 0
        row.restarts = track.restartCount
        row.recentRestarts = track.recentRestarts(at: wall)
        row.wasOOMKilled = track.lastOOM != nil
        row.exitCode = track.exitCode
        row.startedAt = engineTime(track.inspection?.state?.startedAt)
        row.memoryLimitBytes = limits.memoryBytes
        row.cpuLimit = limits.cores
        row.isolation = track.inspection?.isolation
        fill(&row, with: track, limits)
        return row
    }

    private func fill(
        _ row: inout ContainersDetail.Container, with track: ContainerTrack,
        _ limits: ContainerLimits
    ) {
        row.cpu = track.rates?.cpu
        row.cpuOfQuota = track.rates.flatMap { rates in limits.cores.map { rates.cpu / $0 } }
        row.throttled = limits.cores == nil ? nil : track.rates?.throttled
        row.memoryBytes = track.usage?.workingSetBytes ?? track.usage?.memoryBytes
        row.receiveBytesPerSecond = track.rates?.receivedBytes
        row.transmitBytesPerSecond = track.rates?.sentBytes
        row.readBytesPerSecond = track.rates?.readBytes
        row.writeBytesPerSecond = track.rates?.writtenBytes
        row.pids = whole(track.usage?.pids)
        row.pidsLimit = whole(limits.pids ?? track.usage?.pidsLimit)
    }

    // MARK: Findings

    private func findings(about sorted: [ContainerTrack], at wall: Double) -> [Finding] {
        let all = sorted.flatMap { ContainerFindings($0, wall: wall, now: .now).all }
            .sorted { $0.health > $1.health }
        guard let worst = all.dropFirst(Self.findingLimit).first else { return all }
        let rest = all.count - Self.findingLimit
        return all.prefix(Self.findingLimit) + [Finding(worst.health, "\(rest) more findings")]
    }

    /// About the list: a pattern without a container is a container that is missing.
    func findings(about count: Int, names: [String]) -> [Finding] {
        var findings = patterns.unmatched(by: names).map { pattern in
            Finding(
                .unknown, "no container matches \"\(cleaned(pattern, limit: 80))\"",
                actual: "\(names.count) containers, none of that name", expected: "at least one",
                remedy: "start it, or correct `only`")
        }
        if count > Self.containerLimit {
            findings.append(
                Finding(
                    .unknown, "too many containers to watch",
                    actual: "\(count)", expected: "at most \(Self.containerLimit)",
                    remedy: "choose with `only` and `except`"))
        }
        return findings
    }

    func findings(about events: EngineStreams.Events) -> [Finding] {
        var findings: [Finding] = []
        if let failure = events.failure {
            findings.append(
                Finding(
                    .unknown, "the engine's events cannot be followed", actual: failure.message,
                    remedy: failure.remedy))
        }
        if events.unreadable > 0 {
            findings.append(
                Finding(
                    .unknown, "the engine sends events that cannot be read",
                    actual: "\(events.unreadable) since the last look"))
        }
        return findings
    }

    /// Some containers could not be asked: the others still count.
    func findings(about failures: [CollectionFailure], of act: String) -> [Finding] {
        guard let first = failures.first else { return [] }
        let count = failures.count == 1 ? "1 container" : "\(failures.count) containers"
        return [
            Finding(
                .unknown, "\(count) could not be \(act)", actual: first.message,
                remedy: first.remedy)
        ]
    }

    func boundFindings(running: Int) -> [Finding] {
        guard running > EngineStreams.limit else { return [] }
        return [
            Finding(
                .unknown, "too many running containers to measure", actual: "\(running)",
                expected: "at most \(EngineStreams.limit)",
                remedy: "choose with `only` and `except`")
        ]
    }
}
