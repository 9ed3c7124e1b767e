import HTTP
import Targets
import Testing

@testable import Delivery

@Suite("Redaction")
struct RedactionTests {
    let redact = Redaction([Secret("p@ss/word+1"), Secret("p@ss/word+1-longer"), Secret("short")])

    @Test("takes a secret out in every form that it may have")
    func forms() {
        #expect(redact("x p@ss/word+1 y") == "x *** y")
        #expect(redact("p@ss/word+1-longer!") == "***!")
        #expect(redact("k=p%40ss%2Fword%2B1") == "k=***")
        #expect(redact("k=p%40ss%2fword%2b1") == "k=***")
        #expect(redact("a short word") == "a short word")
        #expect(redact("p@ss/word+1\u{301}") == "***\u{301}")
    }

    @Test("takes a secret out of base64 wherever it stands there", arguments: 0...8)
    func base64Forms(count: Int) {
        let prefix = String(repeating: "u", count: count)
        for suffix in ["", "x", "xy", ":xyz"] {
            let coded = base64(Array("\(prefix)p@ss/word+1\(suffix)".utf8))
            let shown = redact("Basic \(coded)")
            #expect(shown.contains("***"))
            #expect(!shown.contains(coded))
        }
    }
}

@Suite("Texts cut by bytes")
struct CutTests {
    @Test("end between two characters, in an ellipsis, within the limit")
    func cuts() {
        let text = "añ👩‍👩‍👧‍👦日本"
        for limit in 3...text.utf8.count {
            let cut = text.cut(toBytes: limit)
            #expect(cut.utf8.count <= limit)
            #expect(cut == text || cut.hasSuffix("…"))
            #expect(text.hasPrefix(cut.dropLast(cut == text ? 0 : 1)))
        }
        #expect(text.cut(toBytes: 2) == "")
        #expect("abc".cut(toBytes: 3) == "abc")
    }
}
