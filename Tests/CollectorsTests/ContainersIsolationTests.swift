import FoundationEssentials
import Targets
import Testing

@testable import Collectors

@Suite("What an engine says of how a container is kept apart")
struct ContainersIsolationTests {
    private func read(_ json: String) throws -> ContainerIsolation {
        let inspection = try JSONDecoder().decode(Inspection.self, from: Data(json.utf8))
        return try #require(inspection.isolation)
    }

    @Test("is read in full")
    func whole() throws {
        let facts = try read(
            """
            {"AppArmorProfile": "docker-default",
             "Config": {"User": "1000:1000", "Image": "shop/web:1"},
             "HostConfig": {"Privileged": false, "ReadonlyRootfs": true, "CapAdd": ["NET_ADMIN"],
               "Devices": [{"PathOnHost": "/dev/fuse"}], "SecurityOpt": ["no-new-privileges"],
               "CpuShares": 512, "NetworkMode": "host", "PidMode": "", "IpcMode": "private",
               "UTSMode": ""},
             "Mounts": [{"Source": "/var/run/docker.sock"}, {"Source": "/srv/data"}],
             "NetworkSettings": {"Ports": {"5432/tcp": [{"HostIp": "127.0.0.1", "HostPort": "15432"}],
               "80/tcp": null}}}
            """)
        #expect(facts.user == "1000:1000")
        #expect(facts.isReadOnly == true)
        #expect(facts.isPrivileged == false)
        #expect(facts.addedCapabilities == ["NET_ADMIN"])
        #expect(facts.devices == 1)
        #expect(facts.securityOptions == ["no-new-privileges"])
        #expect(facts.appArmor == "docker-default")
        #expect(facts.hostNamespaces == ["network"])
        #expect(facts.hasEngineSocket == true)
        #expect(facts.hasCPUShares == true)
        let port = ContainerIsolation.Publication(
            address: "127.0.0.1", port: 15_432, containerPort: 5432)
        #expect(facts.published == [port])
    }

    @Test("is none where it says null, and not known where it says nothing or something else")
    func nothing() throws {
        let none = try read(
            """
            {"HostConfig": {"CapAdd": null, "Devices": null, "SecurityOpt": null}, "Mounts": null,
             "NetworkSettings": {"Ports": {}}}
            """)
        #expect(none.addedCapabilities == [])
        #expect(none.devices == 0)
        #expect(none.securityOptions == [])
        #expect(none.hasEngineSocket == false)
        #expect(none.published == [])
        #expect(none.user == nil)
        #expect(none.hostNamespaces == nil)
        for json in [
            "{}", #"{"HostConfig": {}, "Config": {}, "NetworkSettings": {}}"#,
            #"{"Mounts": 7, "NetworkSettings": {"Ports": []}}"#,
            #"{"HostConfig": {"CapAdd": 1, "Devices": "x", "SecurityOpt": {}}}"#,
        ] {
            let facts = try read(json)
            #expect(facts.addedCapabilities == nil, "\(json)")
            #expect(facts.devices == nil, "\(json)")
            #expect(facts.securityOptions == nil, "\(json)")
            #expect(facts.hasEngineSocket == nil, "\(json)")
            #expect(facts.isReadOnly == nil, "\(json)")
        }
    }

    @Test(
        "is clean and bounded", arguments: ["\u{1b}[31mroot", String(repeating: "a", count: 999)])
    func hostile(user: String) throws {
        let text = String(decoding: try JSONEncoder().encode(user), as: UTF8.self)
        let facts = try read(#"{"Config": {"User": \#(text)}}"#)
        #expect(facts.user?.contains("\u{1b}") == false)
        #expect((facts.user?.count ?? 0) <= 61)
    }
}
