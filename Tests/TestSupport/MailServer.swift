import Glibc

/// A real SMTP server (Debian's python3-aiosmtpd) on a free port of the loopback, which writes what
/// it takes into files. It takes nobody whose name begins with "no-", nobody whose name begins with
/// "later-" for now, and no message whose subject holds "REJECT" or "LATER".
public final class MailServer: Sendable {
    public enum Security: String, Sendable { case plain, startTLS = "starttls", implicit }

    public static let python = "/usr/bin/python3"
    public static let program = "/usr/bin/aiosmtpd"

    public let port: Int
    /// Whether it takes mail from those alone who log in.
    public let wantsLogin: Bool
    private let folder: TemporaryFolder
    private let process: ServerProcess

    /// - Parameter login: user and password that are asked for, and the only way to give them.
    public init(
        _ security: Security, _ pair: Certificates.Pair?,
        login: (user: String, password: String)? = nil,
        method: String = "PLAIN", in folder: TemporaryFolder
    ) throws {
        let port = try freePort()
        self.port = port
        self.folder = folder
        wantsLogin = login != nil
        try folder.makeFolder("mail-\(port)")
        let script = try folder.write(mailServerScript, to: "mail-\(port).py")
        process = try ServerProcess(
            [
                MailServer.python, script, "\(port)", security.rawValue,
                folder.path("mail-\(port)"),
                pair?.certificate ?? "", pair?.key ?? "", login?.user ?? "",
                login?.password ?? "", method,
            ], log: folder.path("mail-\(port).log")
        ) { accepts(port: port) }
    }

    /// The messages that were taken, each with its envelope in lines before it: "from", "to"
    /// (separated by commas), "tls" and "login".
    public var messages: [String] {
        var messages: [String] = []
        while case let text = textOfFile(folder.path("mail-\(port)/\(messages.count + 1)")),
            !text.isEmpty
        {
            messages.append(text)
        }
        return messages
    }

    public func stop() { process.stop() }
}

private let mailServerScript = #"""
    import ssl, sys, time
    from aiosmtpd.controller import Controller
    from aiosmtpd.smtp import SMTP, AuthResult

    port, security, folder, certificate, key, user, password, method = sys.argv[1:9]
    tls = None
    if certificate:
        tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        tls.load_cert_chain(certificate, key)

    class Handler:
        count = 0

        async def handle_RCPT(self, server, session, envelope, address, options):
            if address.startswith("no-"):
                return "550 5.1.1 no such user here"
            if address.startswith("later-"):
                return "451 4.2.0 try again later"
            envelope.rcpt_tos.append(address)
            return "250 OK"

        async def handle_DATA(self, server, session, envelope):
            text = envelope.content.decode("ascii")
            subject = [line for line in text.splitlines() if line.startswith("Subject:")][0]
            if "REJECT" in subject:
                return "554 5.6.0 message refused"
            if "LATER" in subject:
                return "451 4.3.0 not now"
            self.count += 1
            with open(f"{folder}/{self.count}", "w", newline="") as file:
                file.write(f"from {envelope.mail_from}\nto {','.join(envelope.rcpt_tos)}\n")
                file.write(f"tls {session.ssl is not None or security == 'implicit'}\n")
                file.write(f"login {session.authenticated}\n")
                file.write(text)
            return f"250 2.0.0 queued as {self.count}"

    def authenticate(server, session, envelope, mechanism, data):
        good = data.login.decode() == user and data.password.decode() == password
        return AuthResult(success=good, handled=False)

    class Server(Controller):
        def factory(self):
            return SMTP(
                self.handler, hostname="mail.test", ident="test",
                tls_context=tls if security == "starttls" else None,
                require_starttls=security == "starttls", authenticator=authenticate if user else None,
                auth_required=bool(user), auth_require_tls=security == "starttls",
                auth_exclude_mechanism=["LOGIN" if method == "PLAIN" else "PLAIN"])

    server = Server(
        Handler(), hostname="127.0.0.1", port=int(port),
        ssl_context=tls if security == "implicit" else None, ready_timeout=10)
    server.start()
    while True:
        time.sleep(60)
    """#
