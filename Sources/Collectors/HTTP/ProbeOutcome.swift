import HTTP
import Reactor
import Targets
import TimeSeries

/// What one HTTP or TCP try came to, in the terms of blackbox_exporter.
struct ProbeOutcome {
    var isSuccess: Bool
    var duration: Duration
    /// Time of the look-up; nil when it did not end or was not needed.
    var resolve: Duration?
    /// The numeric address that was tried, "" when none was, a path for a Unix socket.
    var address: String
    var failedByPattern = false
    var tls: TLSFacts?

    /// The series that probes of every kind have.
    var families: [MetricFamily] {
        let family = addressFamily(address)
        return [
            MetricFamily(
                "probe_success", .gauge, "Whether the probe got a right answer",
                value: isSuccess ? 1 : 0),
            MetricFamily(
                "probe_duration_seconds", .gauge, "Time from the start to the end of the probe",
                value: duration.inSeconds),
            MetricFamily(
                "probe_dns_lookup_time_seconds", .gauge, "Time of looking the host up",
                value: (resolve ?? .zero).inSeconds),
            MetricFamily(
                "probe_ip_protocol", .gauge, "Version of IP: 4 or 6; 0 without an address",
                value: Double(family)),
            MetricFamily(
                "probe_ip_addr_hash", .gauge, "Hash of the address, to see it change",
                value: Double(addressHash(address))),
            MetricFamily(
                "probe_failed_due_to_regex", .gauge, "Whether a pattern of the body failed",
                value: failedByPattern ? 1 : 0),
        ] + (tls.map(tlsFamilies) ?? [])
    }
}

/// The series of a TLS handshake, also of one that failed by its certificate.
private func tlsFamilies(_ facts: TLSFacts) -> [MetricFamily] {
    var families = [
        MetricFamily(
            "probe_ssl_earliest_cert_expiry", .gauge,
            "Earliest expiry of the certificates that the server sent, Unix time",
            value: facts.earliestExpiry),
        MetricFamily(
            "probe_ssl_last_chain_info", .gauge, "The server's own certificate",
            [MetricPoint(1, chainLabels(facts))]),
        MetricFamily(
            "probe_tls_version_info", .gauge, "Version of TLS",
            [MetricPoint(1, ["version": cleaned(facts.version)])]),
    ]
    if let expiry = facts.verifiedExpiry {
        families.append(
            MetricFamily(
                "probe_ssl_last_chain_expiry_timestamp_seconds", .gauge,
                "Earliest expiry of the chain that was verified, Unix time", value: expiry))
    }
    return families
}

private func chainLabels(_ facts: TLSFacts) -> Labels {
    [
        "fingerprint_sha256": facts.sha256,
        "issuer": cleaned(facts.issuer, limit: 500),
        "subject": cleaned(facts.subject, limit: 500),
        "subjectalternative": cleaned(facts.names.joined(separator: ","), limit: 2000),
    ]
}

/// FNV-1a, 32 bits, of the address's 4 or 16 bytes, as blackbox_exporter has it; 0 without one.
func addressHash(_ address: String) -> UInt32 {
    guard isNumericAddress(address) else { return 0 }
    return addressBytes(address).reduce(2_166_136_261) { ($0 ^ UInt32($1)) &* 16_777_619 }
}

private func addressFamily(_ address: String) -> Int {
    guard isNumericAddress(address) else { return 0 }
    return address.contains(":") ? 6 : 4
}

extension ProbeDetail.Phases {
    init(_ phases: HTTPPhases) {
        self.init()
        resolve = phases.resolve?.inSeconds
        connect = phases.connect?.inSeconds
        tls = phases.tls?.inSeconds
        wait = phases.wait?.inSeconds
        transfer = phases.transfer?.inSeconds
    }
}

extension ProbeDetail.Certificate {
    init(_ facts: TLSFacts) {
        self.init(
            version: cleaned(facts.version), cipher: facts.cipher.map { cleaned($0) },
            subject: cleaned(facts.subject), issuer: cleaned(facts.issuer),
            expires: facts.expires, chainExpires: facts.earliestExpiry,
            subjectAlternativeNames: facts.names.prefix(50).map { cleaned($0) },
            sha256: facts.sha256, verifyError: facts.verifyError.map { cleaned($0) })
        keyType = facts.keyType.map { cleaned($0) }
        keyBits = facts.keyBits
        signatureHash = facts.signatureHash.map { cleaned($0) }
    }
}
