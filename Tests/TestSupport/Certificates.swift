/// A certificate authority of a test's own, made with the openssl program.
public final class Certificates: Sendable {
    /// A certificate with its key, PEM files.
    public struct Pair: Sendable {
        public let certificate: String
        public let key: String
    }

    /// The authority's certificate, to be trusted.
    public let authority: String
    private let folder: TemporaryFolder

    public init(in folder: TemporaryFolder) throws {
        self.folder = folder
        authority = folder.path("ca.pem")
        try folder.write("", to: "index.txt")
        try folder.write("unique_subject = no\n", to: "index.txt.attr")
        try folder.write("01\n", to: "serial")
        try folder.write(configuration(folder.path), to: "ca.cnf")
        try run(
            ["openssl", "req", "-x509", "-subj", "/O=dogwatch test/CN=Test CA", "-days", "3650"]
                + newKey(folder.path("ca.key")) + ["-out", authority], in: folder)
    }

    /// A leaf for these DNS names and addresses, signed by the authority.
    ///
    /// - Parameters:
    ///   - expires: UTC as YYYYMMDDHHMMSSZ.
    ///   - bits: The size of an RSA key; nil: a key on the curve P-256.
    public func leaf(
        _ name: String, for names: [String], expires: String = "20491231235959Z",
        bits: Int? = nil
    ) throws -> Pair {
        let pair = Pair(certificate: folder.path("\(name).pem"), key: folder.path("\(name).key"))
        let request = folder.path("\(name).csr")
        let alternatives = names.map { name in
            name.allSatisfy { $0.isNumber || $0 == "." } ? "IP:\(name)" : "DNS:\(name)"
        }
        let extensions = try folder.write(
            "subjectAltName=\(alternatives.joined(separator: ","))\n", to: "\(name).ext")
        try run(
            ["openssl", "req", "-new", "-subj", "/CN=\(names[0])"]
                + newKey(pair.key, bits: bits)
                + ["-out", request], in: folder)
        try run(
            [
                "openssl", "ca", "-batch", "-notext", "-config", folder.path("ca.cnf"),
                "-startdate", "20200101000000Z", "-enddate", expires, "-in", request, "-out",
                pair.certificate, "-extfile", extensions,
            ], in: folder)
        return pair
    }

    /// A certificate that nobody but itself has signed.
    public func selfSigned(_ name: String, for host: String) throws -> Pair {
        let pair = Pair(certificate: folder.path("\(name).pem"), key: folder.path("\(name).key"))
        try run(
            [
                "openssl", "req", "-x509", "-subj", "/CN=\(host)", "-addext",
                "subjectAltName=DNS:\(host)", "-days", "3650", "-out", pair.certificate,
            ] + newKey(pair.key), in: folder)
        return pair
    }
}

private func newKey(_ path: String, bits: Int? = nil) -> [String] {
    let kind = bits.map { ["rsa:\($0)"] } ?? ["ec", "-pkeyopt", "ec_paramgen_curve:P-256"]
    return ["-newkey"] + kind + ["-nodes", "-keyout", path]
}

private func configuration(_ folder: String) -> String {
    """
    [ca]
    default_ca = test
    [test]
    dir = \(folder)
    database = $dir/index.txt
    serial = $dir/serial
    new_certs_dir = $dir
    certificate = $dir/ca.pem
    private_key = $dir/ca.key
    default_md = sha256
    policy = any
    [any]
    commonName = supplied
    [req]
    distinguished_name = name
    [name]
    """
}
