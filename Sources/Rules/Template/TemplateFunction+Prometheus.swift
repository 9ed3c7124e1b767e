import PromQL
import TimeSeries

/// The functions that Prometheus adds.
extension TemplateFunction {
    static let prometheus: [String: TemplateFunction] = [
        "query": TemplateFunction(parameters: [.string]) { values, data throws(Failure) in
            do throws(TemplateData.QueryRefusal) {
                return .samples(try data.query(values[0].asText))
            } catch {
                throw Failure(error.reason)
            }
        },
        "first": TemplateFunction(parameters: [.samples]) { values, _ throws(Failure) in
            guard let first = values[0].asSamples.first else {
                throw Failure("first() called on vector with no elements")
            }
            return .sample(first)
        },
        "label": TemplateFunction(parameters: [.string, .sample]) { values, _ in
            .string(values[1].asSample?.labels[values[0].asText] ?? "")
        },
        "value": TemplateFunction(parameters: [.sample]) { values, _ in
            .float(values[0].asSample?.value ?? 0)
        },
        "strvalue": TemplateFunction(parameters: [.sample]) { values, _ in
            .string(values[0].asSample?.labels["__value__"] ?? "")
        },
        "sortByLabel": TemplateFunction(parameters: [.string, .samples]) { values, _ in
            .samples(sorted(values[1].asSamples, by: values[0].asText))
        },
        "args": TemplateFunction(more: .any) { values, _ in
            .arguments(
                Dictionary(
                    uniqueKeysWithValues: values.enumerated().map {
                        ("arg\($0.offset)", $0.element)
                    }
                ))
        },
        "match": TemplateFunction(parameters: [.string, .string]) { values, _ throws(Failure) in
            .bool(try pattern(values[0].asText).isFound(in: values[1].asText))
        },
        "reReplaceAll": TemplateFunction(parameters: [.string, .string, .string]) {
            values, _ throws(Failure) in
            let pattern = try pattern(values[0].asText)
            guard
                let text = pattern.replacing(in: values[2].asText, with: values[1].asText)
            else { throw Failure("the text is too long for so many replacements") }
            return .string(text)
        },
        "safeHtml": text { $0 }, "title": text(titled), "toUpper": text { $0.uppercased() },
        "toLower": text { $0.lowercased() }, "urlQueryEscape": text(TextEscapes.query),
        "graphLink": text { "/graph?g0.expr=\(TextEscapes.query($0))&g0.tab=0" },
        "tableLink": text { "/graph?g0.expr=\(TextEscapes.query($0))&g0.tab=1" },
        "stripPort": text { HostText.split($0)?.host ?? $0 },
        "stripDomain": text(HostText.withoutDomain),
        "humanize": number(Humanize.decimal), "humanize1024": number(Humanize.binary),
        "humanizeDuration": number(Humanize.duration),
        "humanizePercentage": number(Humanize.percentage),
        "humanizeTimestamp": TemplateFunction(parameters: [.any]) { values, _ throws(Failure) in
            let value = try float(values[0])
            guard value.isFinite else {
                return .string(GoFloat.text(value, verb: "g", precision: 4))
            }
            return .string(CivilTime(try time(value)).text)
        },
        "toTime": TemplateFunction(parameters: [.any]) { values, _ throws(Failure) in
            let value = try float(values[0])
            guard value.isFinite else { throw Failure("value is NaN or Inf") }
            return .time(try time(value))
        },
        "toDuration": TemplateFunction(parameters: [.any]) { values, _ throws(Failure) in
            guard let nanoseconds = Int64(exactly: (try float(values[0]) * 1e9).rounded()) else {
                throw Failure("the value is no duration")
            }
            return .duration(nanoseconds)
        },
        "parseDuration": TemplateFunction(parameters: [.string]) { values, _ throws(Failure) in
            guard let milliseconds = DurationText.milliseconds(values[0].asText) else {
                throw Failure("not a valid duration string: \(GoQuote.quoted(values[0].asText))")
            }
            return .float(Double(milliseconds) / 1000)
        },
        "externalURL": TemplateFunction { _, data in .string(data.externalURL) },
        "pathPrefix": TemplateFunction { _, data in .string(HostText.path(of: data.externalURL)) },
    ]

    private static func number(
        _ body: @escaping @Sendable (Double) -> String
    ) -> TemplateFunction {
        TemplateFunction(parameters: [.any]) { values, _ throws(Failure) in
            .string(body(try float(values[0])))
        }
    }

    /// A number, or a text that spells one.
    private static func float(_ value: TemplateValue) throws(Failure) -> Double {
        switch value {
        case .float(let number): return number
        case .int(let number): return Double(number)
        case .duration(let nanoseconds): return Double(nanoseconds) / 1e9
        case .time(let time): return time.seconds
        case .string(let text):
            guard let number = Double(goText: text) else {
                throw Failure(
                    "strconv.ParseFloat: parsing \(GoQuote.quoted(text)): invalid syntax")
            }
            return number
        case .none, .bool, .labels, .arguments, .sample, .samples, .alert:
            throw Failure("can't convert \(value.typeName) to float")
        }
    }

    /// Seconds since the epoch; whole milliseconds count.
    private static func time(_ seconds: Double) throws(Failure) -> Timestamp {
        guard abs(seconds * 1e9) < Double(Int64.max) else {
            throw Failure(
                "\(GoFloat.shortest(seconds * 1e9)) cannot be represented as a nanoseconds timestamp"
                    + " since it overflows int64")
        }
        return Timestamp(milliseconds: Int64((seconds * 1000).rounded(.towardZero)))
    }

    /// As Go compiles it: a dot matches no line end.
    private static func pattern(_ text: String) throws(Failure) -> Pattern {
        let prefix = "(?-s)"
        do throws(PatternError) {
            return try Pattern(prefix + text)
        } catch {
            let reason = error.reason.replacing(prefix, with: "")
            throw Failure("error parsing regexp: \(reason): `\(text)`")
        }
    }

    /// Stable: elements with one value stay in order.
    private static func sorted(_ samples: [TemplateSample], by label: String) -> [TemplateSample] {
        samples.enumerated().sorted { left, right in
            let (a, b) = (left.element.labels[label] ?? "", right.element.labels[label] ?? "")
            return a == b ? left.offset < right.offset : a < b
        }.map(\.element)
    }

    /// The first letter of each word in upper case.
    private static func titled(_ text: String) -> String {
        var isStart = true
        return text.unicodeScalars.map { scalar in
            defer {
                isStart =
                    !(scalar == "_" || scalar.properties.isAlphabetic
                    || scalar.properties.numericType != nil)
            }
            return isStart ? scalar.properties.titlecaseMapping : String(Character(scalar))
        }.joined()
    }
}

extension Double {
    /// As Go's `ParseFloat` reads it.
    init?(goText text: String) {
        let bare = text.drop { "+-".contains($0) }.lowercased()
        guard text.count - bare.count <= 1 else { return nil }
        let sign = text.hasPrefix("-") ? -1.0 : 1.0
        switch bare {
        case "inf", "infinity": self = sign * .infinity
        case "nan": self = .nan
        default:
            guard let first = bare.utf8.first, first.isDigit || first == UInt8(ascii: "."),
                let number = Double(bare) ?? Double(bare.hasSuffix(".") ? bare + "0" : "0" + bare)
            else { return nil }
            self = sign * number
        }
    }
}
