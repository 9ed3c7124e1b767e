import Glibc
import Reactor

/// Signatures of OpenSSH (`ssh-keygen -Y`), made with the keys that people have.
enum SSHSignature {
    /// What the signatures are for; one for another purpose does not verify.
    private static let purpose = "dogwatch"
    /// A person may have to touch a key, or type a passphrase, to sign.
    private static let limitToSign = Duration.seconds(60)
    private static let limitToVerify = Duration.seconds(5)

    struct Failure: Error, CustomStringConvertible {
        var description: String
    }

    /// Signs with a private key, or with the agent where the file is a public one.
    static func sign(_ text: [UInt8], with key: String) async throws(Failure) -> String {
        let output = try await run(
            ["ssh-keygen", "-Y", "sign", "-n", purpose, "-f", key], input: text,
            within: limitToSign)
        return String(decoding: output, as: UTF8.self)
    }

    /// Throws why a signature is not that of one of the allowed signers under this name.
    static func verify(
        _ signature: String, of text: [UInt8], by signer: String, among allowed: String,
        in folder: String
    ) async throws(Failure) {
        let path = "\(folder)/signature.\(getpid())"
        let descriptor = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw Failure(description: "\(path) cannot be written") }
        defer { unlink(path) }
        let bytes = Array(signature.utf8)
        let written = write(descriptor, bytes, bytes.count)
        close(descriptor)
        guard written == bytes.count else { throw Failure(description: "\(path) is not written") }
        _ = try await run(
            [
                "ssh-keygen", "-Y", "verify", "-n", purpose, "-f", allowed, "-I", signer, "-s",
                path,
            ], input: text, within: limitToVerify)
    }

    private static func run(
        _ words: [String], input: [UInt8], within limit: Duration
    ) async throws(Failure) -> [UInt8] {
        let output: ChildProcess.Output
        do {
            output = try await ChildProcess.run(words, input: input, by: .after(limit))
        } catch {
            throw Failure(description: "ssh-keygen could not be run: \(error)")
        }
        guard output.exitCode == 0 else {
            let said = String(decoding: output.standardError, as: UTF8.self)
            let line = said.split(whereSeparator: \.isNewline).last ?? "no word"
            throw Failure(description: "ssh-keygen says: \(line)")
        }
        return output.standardOutput
    }
}
