import Targets
import Testing
import TimeSeries

@testable import Checklist

@Suite("Where TLS ends")
struct TerminatorJudgeTests {
    private let now = Timestamp(seconds: 1_800_000_000)

    private typealias Publication = ContainerIsolation.Publication

    private func verdict(
        _ published: [String: [(address: String, port: Int)]?], edge: [String] = ["proxy"]
    ) -> Verdict? {
        var detail = ContainersDetail()
        detail.containers = published.sorted { $0.key < $1.key }.map { name, ports in
            var container = ContainersDetail.Container()
            container.name = name
            container.state = "running"
            container.isolation = ContainerIsolation()
            container.isolation?.published = ports?.map {
                Publication(address: $0.address, port: $0.port, containerPort: $0.port)
            }
            return container
        }
        var evidence = Evidence(
            now: now,
            sources: [
                .init(
                    id: TargetID(.containers, "engine"), detail: .containers(detail), seenAt: now)
            ])
        evidence.containerPlan.edge = edge
        return Catalogue["tls.terminator"]?.results(on: evidence).first?.verdict
    }

    @Test("only the edge is open to the network")
    func terminator() {
        let web = [(address: "0.0.0.0", port: 443), (address: "", port: 80)]
        let here = [(address: "127.0.0.1", port: 8000)]
        #expect(verdict(["proxy": web, "api": []]) == .pass)
        #expect(verdict(["proxy": web, "api": here]) == .pass)
        #expect(verdict(["proxy": web, "api": [(address: "0.0.0.0", port: 8000)]]) == .fail)
        #expect(verdict(["proxy": web + [(address: "", port: 8443)], "api": []]) == .warn)
        #expect(verdict(["proxy": here, "api": []]) == .unknown)
        #expect(verdict(["proxy": web, "api": nil]) == .unknown)
        #expect(verdict(["proxy": web, "api": []], edge: []) == .unknown)
        #expect(verdict(["api": []]) == .unknown)
        #expect(verdict([:]) == .unknown)
    }
}
