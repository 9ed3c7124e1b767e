import PromQL
import PrometheusAPI
import TestSupport
import Testing
import TimeSeries

/// Bodies as Prometheus writes them.
@Suite("answers of a Prometheus, decoded") struct DecodingTests {
    private func decode(_ text: String) throws -> PrometheusReply {
        try PrometheusReply(decoding: Array(text.utf8))
    }

    private func success(_ type: String, _ result: String, _ rest: String = "") -> String {
        #"{"status":"success","data":{"resultType":"\#(type)","result":\#(result)}\#(rest)}"#
    }

    @Test("a vector, with values that JSON has no numbers for")
    func vector() throws {
        let result = """
            [{"metric":{"__name__":"up","job":"a\\u0041\\n"},"value":[1435781451.781,"1"]},
             {"metric":{},"value":[1435781451.781,"NaN"]},
             {"metric":{"x":"1"},"value":[1435781451.781,"+Inf"]},
             {"metric":{"x":"2"},"value":[1435781451,"-1.5e-10"]}]
            """
        guard case .vector(let elements) = try decode(success("vector", result)).value else {
            Issue.record("no vector")
            return
        }
        #expect(elements[0] == VectorElement(Labels(name: "up", ["job": "aA\n"]), 1))
        #expect(elements[1].value.isNaN && elements[1].labels.isEmpty)
        #expect(elements[2].value == .infinity)
        #expect(elements[3].value == -1.5e-10)
    }

    @Test("a matrix, times to the millisecond")
    func matrix() throws {
        let result =
            #"[{"metric":{"job":"a"},"values":[[1435781430.781,"1"],[1435781445.7,"2.5"]]}]"#
        let expected = RangeSeries(
            labels: ["job": "a"],
            samples: [
                Sample(Timestamp(milliseconds: 1_435_781_430_781), 1),
                Sample(Timestamp(milliseconds: 1_435_781_445_700), 2.5),
            ])
        #expect(try decode(success("matrix", result)).value == .matrix([expected]))
        #expect(try decode(success("matrix", "[]")).value == .matrix([]))
    }

    @Test("scalars, strings and notices")
    func others() throws {
        #expect(try decode(success("scalar", #"[1,"-Inf"]"#)).value == .scalar(-.infinity))
        let reply = try decode(
            success("string", #"[1.5,"a"]"#, #","warnings":["w"],"infos":["i"]"#))
        #expect(reply.value == .string("a"))
        #expect(reply.notices == [Notice(.warning, "w"), Notice(.info, "i")])
        let names = #"{"status":"success","data":["a","b"]}"#
        #expect(try PrometheusReply.strings(decoding: Array(names.utf8)) == ["a", "b"])
    }

    @Test("an error of the server is told in its words")
    func refused() {
        let body = #"{"status":"error","errorType":"bad_data","error":"1:5: parse error: no"}"#
        let failure = PrometheusFailure.refused(type: "bad_data", message: "1:5: parse error: no")
        #expect(throws: failure) { try decode(body) }
        #expect("\(failure)" == "bad_data: 1:5: parse error: no")
    }

    @Test("the place of a parse error is found in the server's message")
    func places() {
        let place = PrometheusParseError(
            in: "invalid parameter \"query\": 2:13: parse error: unexpected \")\"")
        #expect(place?.line == 2 && place?.column == 13)
        #expect(place?.reason == "unexpected \")\"")
        #expect(PrometheusParseError(in: "1:5: parse error: no")?.column == 5)
        for other in ["", "no", "x: parse error: no", "expanding series: 1:2: no"] {
            #expect(PrometheusParseError(in: other) == nil)
        }
    }

    @Test("native histograms are refused by name")
    func histograms() {
        let vector = #"[{"metric":{},"histogram":[1,{"count":"3","sum":"4","buckets":[]}]}]"#
        let matrix = #"[{"metric":{},"values":[[1,"2"]],"histograms":[[1,{"count":"3"}]]}]"#
        for body in [success("vector", vector), success("matrix", matrix)] {
            #expect(throws: PrometheusFailure.unsupported("native histograms")) { try decode(body) }
        }
    }

    @Test(
        "what is no such answer is refused",
        arguments: [
            "", "<html>", "{}", "[]", #"{"status":"success"}"#,
            #"{"status":"success","data":{"resultType":"vector"}}"#,
            #"{"status":"success","data":{"resultType":"fish","result":[]}}"#,
            #"{"status":"success","data":{"resultType":"vector","result":[{"metric":{}}]}}"#,
            #"{"status":"success","data":{"resultType":"scalar","result":[1,2]}}"#,
            #"{"status":"success","data":{"resultType":"scalar","result":[1,"x"]}}"#,
            #"{"status":"success","data":{"resultType":"scalar","result":[]}}"#,
        ])
    func garbage(body: String) {
        let failure = #expect(throws: PrometheusFailure.self) { try decode(body) }
        guard case .notAnAnswer = failure else {
            Issue.record("\(String(describing: failure))")
            return
        }
    }

    @Test("no damage traps", arguments: UInt64(0)..<200)
    func damage(seed: UInt64) {
        var generator = SeededGenerator(seed: seed)
        let result = #"[{"metric":{"a":"b"},"values":[[1.5,"2"],[2.5,"NaN"]]}]"#
        var text = Array(success("matrix", result).utf8)
        for _ in 0..<Int.random(in: 1...8, using: &generator) {
            let place = Int.random(in: 0..<text.count, using: &generator)
            if Bool.random(using: &generator) {
                text[place] = UInt8.random(in: 0...255, using: &generator)
            } else {
                text.remove(at: place)
            }
        }
        _ = try? PrometheusReply(decoding: text)
    }
}
