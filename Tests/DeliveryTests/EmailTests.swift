import HTTP
import Reactor
import Targets
import TestSupport
import Testing

@testable import Delivery

@Suite("A mail")
struct EmailTests {
    let settings: EmailSettings = {
        EmailSettings(
            host: "mail.example.com", port: 587, security: .startTLS,
            from: "dogwatch@example.com", to: ["bea@example.com", "al@example.com"])
    }()

    @Test("is plain ASCII in lines that every server takes")
    func whole() {
        let text = String(
            decoding: EmailMessage.encoded(message(), settings, at: now), as: UTF8.self)
        #expect(
            text.split(separator: "\r\n", omittingEmptySubsequences: false)
                == """
                From: dogwatch@example.com
                To: bea@example.com,
                 al@example.com
                Date: Fri, 02 Jan 2026 03:16:05 +0000
                Subject: [PAGE] checkout P95: 412 ms > 100 ms
                Message-ID: <dw.dogwatch%2Fprod%2F3f9a77aa00112233%2F7.1@example.com>
                In-Reply-To: <dw.dogwatch%2Fprod%2F3f9a77aa00112233%2F7.root@example.com>
                References: <dw.dogwatch%2Fprod%2F3f9a77aa00112233%2F7.root@example.com>
                Auto-Submitted: auto-generated
                X-Dogwatch-Key: dogwatch%2Fprod%2F3f9a77aa00112233%2F7
                Importance: high
                MIME-Version: 1.0
                Content-Type: text/plain; charset=utf-8
                Content-Transfer-Encoding: quoted-printable

                [PAGE] checkout P95: 412 ms > 100 ms
                Where: api, job=3Dhttp
                Since: 2026-01-02 03:04 UTC (11 min ago)
                Value: 412 ms > 100 ms
                Budget left: 72 % of 43 min in 30 d
                Rule: p95_latency
                Changed: deployed api 1.4.2 at 02:58
                Runbook: https://wiki.example.com/p95
                Look: https://watch.example.com/
                Acknowledge: key a in dogwatch, or dogwatch ack 'dogwatch/prod/3f9a77aa0011=
                2233/7'

                """.split(separator: "\n", omittingEmptySubsequences: false))
    }

    @Test("writes a subject that is not ASCII in words of at most 75 characters")
    func subjects() throws {
        #expect(
            EmailMessage.unstructured("P95 über 100 ms") == "=?utf-8?B?UDk1IMO8YmVyIDEwMCBtcw==?=")
        #expect(EmailMessage.unstructured("odd =?x") == "=?utf-8?B?b2RkID0/eA==?=")
        let long = String(repeating: "日本👩‍👩‍👧‍👦", count: 30)
        let words = EmailMessage.unstructured(long).split(separator: "\r\n ")
        #expect(words.allSatisfy { $0.utf8.count <= 75 })
        let decoded = words.flatMap {
            bytes(ofBase64: $0.dropFirst("=?utf-8?B?".count).dropLast(2)) ?? []
        }
        #expect(String(decoding: decoded, as: UTF8.self) == long)
        // Each word is text by itself.
        for word in words {
            let part = bytes(ofBase64: word.dropFirst("=?utf-8?B?".count).dropLast(2))
            #expect(String(validating: try #require(part), as: UTF8.self) != nil)
        }
    }

    @Test(
        "has no line that is too long, and none that a server takes for the end", arguments: 1...60)
    func lines(seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        let pieces = [".", "\n", "=", "é", " ", "word", "日本", "…", "\t"]
        let hostile = (0..<300).map { _ in pieces[Int.random(in: 0..<9, using: &random)] }.joined()
        let coded = EmailMessage.quotedPrintable(hostile)
        #expect(coded.split(separator: "\r\n").allSatisfy { $0.utf8.count <= 76 })
        #expect(coded.utf8.allSatisfy { $0 < 127 && ($0 >= 32 || $0 == 10 || $0 == 13) })
        let sent = EmailMessage.stuffed(Array((coded + "\r\n").utf8))
        let text = String(decoding: sent, as: UTF8.self)
        #expect(text.hasSuffix("\r\n.\r\n"))
        let lines = text.dropLast(5).split(separator: "\r\n", omittingEmptySubsequences: false)
        #expect(lines.allSatisfy { !$0.hasPrefix(".") || $0.hasPrefix("..") }, "seed \(seed)")
    }

    @Test(
        "goes to addresses only",
        arguments: [
            ("a@b.example", true), ("a", false), ("a@", false), ("@b", false), ("a@b@c", false),
            ("a@b\r\nRCPT TO:<c@d>", false), ("Bea <a@b>", false), ("a b@c", false),
            ("ä@b", false), ("a@b>", false),
        ])
    func addresses(text: String, isOne: Bool) {
        #expect(Email.isAddress(text) == isOne)
    }
}

@Suite("A reply of SMTP")
struct SMTPReplyTests {
    @Test("is read line by line, however it is cut", arguments: 1...40)
    func pieces(size: Int) throws {
        let bytes = Array(
            "250-mail.example\r\n250-AUTH PLAIN LOGIN\r\n250 8BITMIME\r\n220 go\n".utf8)
        var reader = SMTPReplyReader()
        var replies: [SMTPReply] = []
        for start in stride(from: 0, to: bytes.count, by: size) {
            reader.take(Array(bytes[start..<min(start + size, bytes.count)]))
            while let reply = try reader.next() { replies.append(reply) }
        }
        #expect(
            replies == [
                SMTPReply(code: 250, lines: ["mail.example", "AUTH PLAIN LOGIN", "8BITMIME"]),
                SMTPReply(code: 220, lines: ["go"]),
            ])
        #expect(replies.first?.capability("AUTH") == ["PLAIN", "LOGIN"])
        #expect(replies.first?.capability("STARTTLS") == nil)
    }

    @Test(
        "is nothing else",
        arguments: [
            "HTTP/1.1 400 Bad Request\r\n", "\r\n", "25\r\n", "999 x\r\n", "250_x\r\n",
            String(repeating: "2", count: 20_000),
            String(repeating: "250-x\r\n", count: 20_000),
        ])
    func garbage(text: String) {
        var reader = SMTPReplyReader()
        reader.take(Array(text.utf8))
        #expect(throws: SMTPReplyReader.Failure.self) { try reader.next() }
    }

    @Test(
        "decides whether another try helps",
        arguments: [
            (421, SMTPStage.greeting, "retry"), (554, .greeting, "refused access"),
            (535, .authentication, "refused access"), (454, .authentication, "retry"),
            (451, .sender, "retry"), (553, .sender, "refused access"), (452, .data, "retry"),
            (554, .data, "refused content"), (502, .hello, "refused access"),
        ])
    func judged(code: Int, stage: SMTPStage, kind: String) {
        let reply = SMTPReply(code: code, lines: ["because"])
        let outcome = Email.judge(SMTPFailure(reason: .reply(reply), stage: stage))
        #expect(outcome.kind == kind)
        #expect(outcome.failure?.status == code)
    }

    @Test("of one recipient does not decide for the others")
    func recipients() {
        let no = SMTPReply(code: 550, lines: ["no"])
        let later = SMTPReply(code: 451, lines: ["later"])
        let none = SMTPFailure(reason: .noRecipient([no, later]), stage: .recipients)
        #expect(Email.judge(none).kind == "retry")
        let never = SMTPFailure(reason: .noRecipient([no, no]), stage: .recipients)
        #expect(Email.judge(never).kind == "refused access")
        let taken = SMTPConversation.Taken(
            reply: SMTPReply(code: 250, lines: ["queued as 7"]), refused: ["al@b": no])
        #expect(
            Email.judge(taken)
                == .accepted(.init(providerID: "250 queued as 7", note: "not to al@b: 550 no")))
    }
}
