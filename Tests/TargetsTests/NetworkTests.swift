import Targets
import Testing

@Suite("Ranges of addresses")
struct NetworkTests {
    @Test(
        "hold what is in them",
        arguments: [
            ("10.0.0.0/8", "10.255.0.1", true), ("10.0.0.0/8", "11.0.0.1", false),
            ("10.0.0.0/8", "::ffff:10.1.2.3", true), ("10.1.2.3", "10.1.2.3", true),
            ("10.1.2.3", "10.1.2.4", false), ("0.0.0.0/0", "8.8.8.8", true),
            ("0.0.0.0/0", "2001:db8::1", false), ("fd00::/8", "fdff::1", true),
            ("fe80::/10", "febf::1", true), ("fe80::/10", "fec0::1", false),
            ("::/0", "10.0.0.1", true), ("10.0.0.0/8", "host", false),
        ])
    func contains(range: String, address: String, isIn: Bool) throws {
        #expect(try #require(Network(range)).contains(address) == isIn)
    }

    @Test(
        "are written as address and length",
        arguments: ["", "10.0.0.0/33", "10.0.0.0/-1", "::/129", "10.0.0/8", "x/8", "10.0.0.0/8/8"])
    func faults(text: String) {
        #expect(Network(text) == nil)
    }

    @Test(
        "that lead inward are refused until they are opened",
        arguments: [
            "127.0.0.1", "10.0.0.1", "172.31.255.255", "192.168.1.1", "100.64.0.1",
            "169.254.169.254", "0.0.0.0", "224.0.0.1", "255.255.255.255", "::", "::1", "fd12::1",
            "fe80::1", "fe80::1%eth0", "::ffff:192.168.0.1", "64:ff9b::10.0.0.1",
            "64:ff9b::a9fe:a9fe", "2002:0a00:0001::1", "not an address",
        ])
    func inward(address: String) {
        #expect(Network.isRefused(address, opened: []))
    }

    @Test(
        "of everybody are not refused",
        arguments: ["8.8.8.8", "172.32.0.1", "2606:4700::1111", "64:ff9b::8.8.8.8", "100.128.0.1"])
    func outward(address: String) {
        #expect(!Network.isRefused(address, opened: []))
    }

    @Test("open no more than they say")
    func opened() throws {
        let range = [try #require(Network("10.1.0.0/16"))]
        #expect(!Network.isRefused("10.1.2.3", opened: range))
        #expect(Network.isRefused("10.2.0.1", opened: range))
    }
}
