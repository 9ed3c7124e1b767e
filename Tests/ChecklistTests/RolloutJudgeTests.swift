import PromQL
import Targets
import Testing
import TimeSeries

@testable import Checklist

@Suite("How a release is rolled out")
struct RolloutJudgeTests {
    private let now = Timestamp(seconds: 1_800_000_000)

    private func evidence(
        blue: Double, green: Double, running: [String: String?] = [:]
    ) throws -> Evidence {
        let head = Head()
        for (colour, rate) in [("blue", blue), ("green", green)] where rate >= 0 {
            for second in stride(from: -600, through: 0, by: 15) {
                let labels: Labels = ["__name__": "http_requests_total", "colour": colour]
                _ = head.append(
                    labels, Sample(now + .seconds(second), rate * Double(second + 600)))
            }
        }
        var detail = ContainersDetail()
        detail.containers = running.sorted { $0.key < $1.key }.map { name, health in
            var container = ContainersDetail.Container()
            container.name = name
            container.state = "running"
            container.health = health
            return container
        }
        var evidence = Evidence(
            now: now,
            sources: [
                .init(
                    id: TargetID(.containers, "engine"), detail: .containers(detail), seenAt: now)
            ], engine: Engine(head))
        evidence.rolloutPlan.blue = ["blue-*"]
        evidence.rolloutPlan.green = ["green-*"]
        evidence.rolloutPlan.instances = ["blue-*"]
        let rate = "sum(rate(http_requests_total{colour=\"NAME\"}[5m]))"
        evidence.rolloutPlan.blueRate = try Expression(
            parsing: rate.replacing("NAME", with: "blue"))
        evidence.rolloutPlan.greenRate = try Expression(
            parsing: rate.replacing("NAME", with: "green"))
        return evidence
    }

    private func verdict(_ id: String, _ evidence: Evidence) -> Verdict? {
        Catalogue[id]?.results(on: evidence).first?.verdict
    }

    @Test(
        "the new colour gets one request of twenty, then all",
        arguments: [
            (5.0, 95.0, Verdict.pass), (100, 0, .pass), (0, 100, .pass), (30, 70, .fail),
            (50, 50, .fail), (0.02, 0.38, .unknown), (-1, -1, .unknown), (0, 0, .unknown),
        ])
    func share(blue: Double, green: Double, expected: Verdict) throws {
        #expect(verdict("deploy.canary-share", try evidence(blue: blue, green: green)) == expected)
    }

    @Test("without names or rates nothing is known")
    func unnamed() throws {
        var evidence = try evidence(blue: 5, green: 95, running: ["blue-1": "healthy"])
        evidence.rolloutPlan = DeploymentPlan()
        for id in ["deploy.two-colours", "deploy.canary-share", "deploy.instances"] {
            #expect(verdict(id, evidence) == .unknown, "\(id)")
        }
    }

    @Test("both colours are well, and one of them serves")
    func colours() throws {
        let id = "deploy.two-colours"
        let well = ["blue-1": "healthy", "green-1": "healthy"]
        #expect(verdict(id, try evidence(blue: 0, green: 9, running: well)) == .pass)
        #expect(verdict(id, try evidence(blue: 1, green: 9, running: well)) == .warn)
        #expect(verdict(id, try evidence(blue: -1, green: -1, running: well)) == .unknown)
        let retired = ["blue-1": "healthy"]
        #expect(verdict(id, try evidence(blue: 9, green: 0, running: retired)) == .pass)
        let ill = ["blue-1": "unhealthy", "green-1": "healthy"]
        #expect(verdict(id, try evidence(blue: 0, green: 9, running: ill)) == .fail)
        let bare: [String: String?] = ["blue-1": nil, "green-1": "healthy"]
        #expect(verdict(id, try evidence(blue: 0, green: 9, running: bare)) == .unknown)
        #expect(verdict(id, try evidence(blue: 0, green: 9)) == .unknown)
    }

    @Test("two instances that are well are met with a reservation")
    func instances() throws {
        let id = "deploy.instances"
        let two = ["blue-1": "healthy", "blue-2": "healthy"]
        #expect(verdict(id, try evidence(blue: 1, green: 1, running: two)) == .warn)
        let one = ["blue-1": "healthy", "blue-2": "unhealthy"]
        #expect(verdict(id, try evidence(blue: 1, green: 1, running: one)) == .fail)
        let bare: [String: String?] = ["blue-1": nil, "blue-2": nil]
        #expect(verdict(id, try evidence(blue: 1, green: 1, running: bare)) == .unknown)
        #expect(verdict(id, try evidence(blue: 1, green: 1)) == .unknown)
    }
}
