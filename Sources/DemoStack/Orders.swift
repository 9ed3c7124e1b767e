/// Answers the lines that come in over the control socket.
struct Orders {
    /// How long a fault lasts when nobody says otherwise.
    static let defaultLength = 30
    /// The longest that can be asked for, seconds.
    static let longest = 600

    let faults: FaultBoard
    let holes: HoleBoard
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
        case "holes": return listHoles()
        case "mend" where words.count > 1: return mend(String(words[1])) { _ in true }
        case "reopen" where words.count > 1: return mend(String(words[1])) { _ in false }
        case "toggle" where words.count > 1:
            return mend(String(words[1])) { [holes] in !holes.isMended($0) }
        default:
            return "error\tunknown order. Known: list, fault NAME [SECONDS], clear, holes, "
                + "mend NAME, reopen NAME, toggle NAME, status.\n"
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

    /// "all" stands for every hole.
    private func mend(_ name: String, _ isMended: (Hole) -> Bool) -> String {
        let meant = name == "all" ? Hole.allCases : Hole(rawValue: name).map { [$0] } ?? []
        guard !meant.isEmpty else {
            let known = Hole.allCases.map(\.rawValue).joined(separator: ", ")
            return "error\tthere is no hole \(name). Known: \(known), all.\n"
        }
        return meant.map { hole in
            holes.set(hole, mended: isMended(hole))
            return "ok\t\(hole.rawValue) is \(holes.isMended(hole) ? "mended" : "open")\n"
        }.joined()
    }

    private func listHoles() -> String {
        Hole.allCases.map { hole in
            let state = holes.isMended(hole) ? "mended" : "open"
            return "\(hole.rawValue)\t\(state)\t\(hole.summary)\n"
        }.joined()
    }

    private func list() -> String {
        Fault.allCases.map { fault in
            let left = faults.remaining(fault).map { "\($0.components.seconds + 1)" } ?? "-"
            return "\(fault.rawValue)\t\(left)\t\(fault.summary)\n"
        }.joined()
    }
}
