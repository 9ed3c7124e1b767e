/// Answers the lines that come in over the control socket.
struct Orders {
    /// How long a fault lasts when nobody says otherwise.
    static let defaultLength = 30
    /// The longest that can be asked for, seconds.
    static let longest = 600

    let faults: FaultBoard
    /// Tab-separated `name value` lines about the running stack.
    let status: () -> String

    func answer(_ line: String) -> String {
        let words = line.split(separator: " ")
        switch words.first {
        case "list": return list()
        case "status": return status()
        case "clear":
            faults.clear()
            return "ok\tall faults are over\n"
        case "fault" where words.count > 1:
            return start(
                String(words[1]), seconds: words.count > 2 ? Int(words[2]) : Self.defaultLength)
        default: return "error\tunknown order. Known: list, fault NAME [SECONDS], clear, status.\n"
        }
    }

    private func start(_ name: String, seconds: Int?) -> String {
        guard let fault = Fault(rawValue: name) else {
            let known = Fault.allCases.map(\.rawValue).joined(separator: ", ")
            return "error\tthere is no fault \(name). Known: \(known).\n"
        }
        guard let seconds, (1...Self.longest).contains(seconds) else {
            return "error\ta fault lasts 1 to \(Self.longest) seconds.\n"
        }
        faults.start(fault, for: .seconds(seconds))
        return "ok\t\(name) for \(seconds) s: \(fault.summary)\n"
    }

    private func list() -> String {
        Fault.allCases.map { fault in
            let left = faults.remaining(fault).map { "\($0.components.seconds + 1)" } ?? "-"
            return "\(fault.rawValue)\t\(left)\t\(fault.summary)\n"
        }.joined()
    }
}
