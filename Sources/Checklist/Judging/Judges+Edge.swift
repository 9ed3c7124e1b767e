import Targets
import TimeSeries

extension Judges {
    static let edge: [String: Judge] = [
        "http.health": { evidence in evidence.eachProbe(health) },
        "tls.cert.validity": { evidence in
            evidence.eachProbe { facts, _, seen in
                certificate(facts, at: seen, now: evidence.now)
            }
        },
        "prom.targets.up": { evidence in
            evidence.each(
                { if case .scrape(let facts) = $0 { facts } else { nil } }, kind: .scrape, scraped)
        },
    ]

    /// Whether the last three tries were well. A gap in the history is a try that could not be made.
    private static func health(
        _ facts: ProbeDetail, _ source: Evidence.Source, at seen: Timestamp
    ) -> Outcome {
        let tries = source.recent.suffix(3).compactMap(\.self).count
        guard tries == 3 else { return .unknown("\(tries) of the 3 tries that decide", at: seen) }
        let first = seen.milliseconds - (source.interval * 2.5).milliseconds
        let good = 3 - min(3, facts.failures.count { $0.at > first })
        let status = facts.status.map { "\($0)" } ?? "no answer"
        let text = "\(status) in \(numberText((facts.duration * 1000).rounded())) ms (\(good)/3)"
        return Outcome(good == 3 ? .pass : good > 0 ? .warn : .fail, text, subjects: 1, at: seen)
    }

    private static func certificate(
        _ facts: ProbeDetail, at seen: Timestamp, now: Timestamp
    ) -> Outcome {
        guard let certificate = facts.certificate else {
            return .unknown("no certificate was seen", at: seen)
        }
        if let error = certificate.verifyError {
            return Outcome(.fail, "not trusted: \(error)", subjects: 1, at: seen)
        }
        if let weakness = certificate.weakness {
            return Outcome(.fail, weakness, subjects: 1, at: seen)
        }
        let end = min(certificate.expires, certificate.chainExpires)
        let days = ((end - now.seconds) / 86_400).rounded(.down)
        let left = "\(numberText(days)) d left"
        if days <= 7 { return Outcome(.fail, left, subjects: 1, at: seen) }
        guard let type = certificate.keyType, let bits = certificate.keyBits else {
            return Outcome(.warn, "\(left); key size not read", subjects: 1, at: seen)
        }
        if certificate.signatureHash == nil, !type.hasPrefix("ED") {
            return Outcome(.warn, "\(left); signature not read", subjects: 1, at: seen)
        }
        return Outcome(
            days <= 21 ? .warn : .pass, "\(left); \(type) \(bits)", subjects: 1, at: seen)
    }

    private static func scraped(
        _ facts: ScrapeDetail, _ source: Evidence.Source, at seen: Timestamp
    ) -> Outcome {
        let isFlapping = source.recent.suffix(10).contains { $0 == nil }
        let text = "\(facts.samples) samples"
        if let failure = source.failure {
            return Outcome(.fail, failure, subjects: 1, at: seen)
        }
        return Outcome(
            isFlapping ? .warn : .pass, text, subjects: facts.samples > 0 ? 1 : 0, at: seen)
    }
}

extension ProbeDetail.Certificate {
    /// Why its key or signature is not believed; nil where it is, or where neither is known.
    fileprivate var weakness: String? {
        let limits = ["RSA": 2048, "RSA-PSS": 2048, "EC": 256]
        if let keyType, let keyBits {
            if let limit = limits[keyType], keyBits < limit {
                return "a key of \(keyType) \(keyBits)"
            }
            if keyType.hasPrefix("DSA") { return "a key of \(keyType)" }
        }
        guard let hash = signatureHash, ["SHA1", "MD5", "MD4", "MD2"].contains(hash) else {
            return nil
        }
        return "signed with \(hash)"
    }
}
