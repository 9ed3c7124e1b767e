import Targets
import TestSupport
import Testing

@testable import Delivery

@Suite("A command", .timeLimit(.minutes(1)))
struct CommandTests {
    @Test("gets the page as JSON on its standard input, and its own environment")
    func input() async throws {
        let folder = try TemporaryFolder("command")
        var settings = CommandReceiverSettings(run: [
            "/bin/sh", "-c", "cat > \"$1\"; echo \"$TEAM $TOKEN\" >> \"$1\"", "sh",
            folder.path("page"),
        ])
        settings.environment = ["TEAM": "web"]
        settings.secretEnvironment = ["TOKEN": .environment("T")]
        let outcome = await Senders(["T": ["t0ken-t0ken"]]).send(.command(settings))
        #expect(outcome.isAccepted)
        let body = String(decoding: WebhookBody.encoded(message(), sentAt: now), as: UTF8.self)
        #expect(textOfFile(folder.path("page")) == body + "\nweb t0ken-t0ken\n")
    }

    @Test(
        "says by its exit whether another try helps",
        arguments: [
            ("exit 0", "accepted"), ("exit 1", "retry"), ("exit 75", "retry"),
            ("exit 65", "refused configuration"), ("exit 77", "refused configuration"),
            ("exit 78", "refused configuration"), ("exit 127", "refused configuration"),
            ("kill -9 $$", "retry"),
        ])
    func exits(script: String, kind: String) async {
        let settings = CommandReceiverSettings(run: ["/bin/sh", "-c", script])
        #expect(await Senders().send(.command(settings)).kind == kind)
    }

    @Test("that hangs is killed, and one that floods is read to a bound")
    func bounds() async {
        var settings = CommandReceiverSettings(run: ["/bin/sh", "-c", "sleep 60"])
        settings.timeout = .milliseconds(300)
        #expect(await Senders().send(.command(settings)).kind == "retry")
        let flood = CommandReceiverSettings(
            run: ["/bin/sh", "-c", "head -c 3000000 /dev/zero | tr '\\0' x; exit 1"])
        let outcome = await Senders().send(.command(flood))
        #expect(outcome.kind == "retry")
        #expect((outcome.failure?.description.utf8.count ?? .max) <= 1024)
    }

    @Test("that is not there is refused, and what it says shows no secret")
    func words() async {
        let missing = CommandReceiverSettings(run: ["/nonexistent/page"])
        #expect(await Senders().send(.command(missing)).kind == "refused configuration")
        var settings = CommandReceiverSettings(
            run: ["/bin/sh", "-c", "echo \"token $TOKEN\" >&2; exit 1"])
        settings.secretEnvironment = ["TOKEN": .environment("T")]
        let outcome = await Senders(["T": ["t0ken-t0ken"]]).send(.command(settings))
        #expect(outcome.failure?.reason == "/bin/sh exited with 1: token ***")
    }
}
