import TimeSeries

/// Writes a tree as PromQL that parses to the same tree.
extension Syntax {
    var text: String {
        switch kind {
        case .number(let value): value.plainText
        case .string(let text): text.quotedForPromQL
        case .selector(let selector): selector.text + selector.shift.text
        case .matrix(let selector, let range):
            "\(selector.text)[\(DurationText.text(milliseconds: range))]\(selector.shift.text)"
        case .subquery(let subquery): subquery.text
        case .unary(let isNegative, let inner): "\(isNegative ? "-" : "+")\(inner.text)"
        case .binary(let binary): binary.text
        case .aggregate(let aggregate): aggregate.text
        case .call(let call):
            "\(call.function.rawValue)(\(call.arguments.map(\.text).joined(separator: ", ")))"
        case .paren(let inner): "(\(inner.text))"
        }
    }
}

extension Selector {
    /// Without `offset` and `@`.
    fileprivate var text: String {
        let inside = matchers.filter { $0.name != Labels.metricName || name.isEmpty }
            .map { matcher in
                let label =
                    matcher.name.isPlainLabelName ? matcher.name : matcher.name.quotedForPromQL
                return "\(label)\(matcher.op.rawValue)\(matcher.value.quotedForPromQL)"
            }
        // A name like "inf" would be read as a number.
        let isPlain = name.isPlainMetricName && !["inf", "nan"].contains(name.lowercased())
        guard isPlain else {
            let quoted = name.isEmpty ? [] : [name.quotedForPromQL]
            return "{\((quoted + inside).joined(separator: ","))}"
        }
        return inside.isEmpty ? name : "\(name){\(inside.joined(separator: ","))}"
    }
}

extension TimeShift {
    fileprivate var text: String {
        var result = ""
        switch anchor {
        case .time(let milliseconds): result += " @ " + (Double(milliseconds) / 1000).plainText
        case .start: result += " @ start()"
        case .end: result += " @ end()"
        case nil: break
        }
        if let offset { result += " offset " + DurationText.text(milliseconds: offset) }
        return result
    }
}

extension Subquery {
    fileprivate var text: String {
        let step = step.map { DurationText.text(milliseconds: $0) } ?? ""
        return "\(inner.text)[\(DurationText.text(milliseconds: range)):\(step)]\(shift.text)"
    }
}

extension Binary {
    fileprivate var text: String {
        var middle = op.rawValue
        if isBool { middle += " bool" }
        if matching.isWritten {
            middle += " \(matching.isOn ? "on" : "ignoring") (\(Self.list(matching.labels)))"
        }
        switch matching.cardinality {
        case .oneToOne: break
        case .manyToOne: middle += " group_left (\(Self.list(matching.include)))"
        case .oneToMany: middle += " group_right (\(Self.list(matching.include)))"
        }
        return "\(left.text) \(middle) \(right.text)"
    }

    fileprivate static func list(_ labels: [String]) -> String {
        labels.map { $0.isPlainLabelName ? $0 : $0.quotedForPromQL }.joined(separator: ", ")
    }
}

extension Aggregate {
    fileprivate var text: String {
        var clause = ""
        if isWithout || !labels.isEmpty {
            clause = " \(isWithout ? "without" : "by") (\(Binary.list(labels))) "
        }
        let parameter = parameter.map { "\($0.text), " } ?? ""
        return "\(op.rawValue)\(clause)(\(parameter)\(inner.text))"
    }
}

extension Double {
    /// Always with a point or an exponent, as OpenMetrics writes labels with numbers: "1.0".
    var withPoint: String {
        isFinite && self == rounded() && abs(self) < 1e15 ? "\(Int64(self)).0" : plainText
    }

    /// With six digits after the point, as the `%f` of errors writes it.
    var withSixDecimals: String {
        let scaled = (self * 1e6).rounded()
        guard abs(scaled) < 1e15 else { return plainText }
        let digits = String(Int64(abs(scaled)))
        let padded = String(repeating: "0", count: max(0, 7 - digits.count)) + digits
        return "\(scaled < 0 ? "-" : "")\(padded.dropLast(6)).\(padded.suffix(6))"
    }

    /// All digits, no exponent: what PromQL reads back, and what `count_values` writes.
    package var plainText: String {
        guard isFinite else { return isNaN ? "NaN" : self < 0 ? "-Inf" : "+Inf" }
        let parts = magnitude.description.split(separator: "e")
        let exponent = parts.count > 1 ? Int(parts[1]) ?? 0 : 0
        let mantissa = parts[0].split(separator: ".")
        var whole = String(mantissa[0])
        var fraction = mantissa.count > 1 && mantissa[1] != "0" ? String(mantissa[1]) : ""
        if exponent > 0 {
            let moved = fraction.prefix(exponent)
            whole += moved + String(repeating: "0", count: exponent - moved.count)
            fraction = String(fraction.dropFirst(exponent))
        } else if exponent < 0 {
            fraction = String(repeating: "0", count: -exponent - 1) + whole + fraction
            whole = "0"
        }
        let sign = sign == .minus ? "-" : ""
        return fraction.isEmpty ? sign + whole : "\(sign)\(whole).\(fraction)"
    }
}
