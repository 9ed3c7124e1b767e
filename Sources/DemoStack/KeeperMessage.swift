import Glibc

/// What the stack asks of its keeper. One packet each, fields separated by a zero byte.
enum KeeperRequest: Equatable {
    case start(Program)
    case signal(id: String, Int32)
}

/// What the keeper tells the stack.
enum KeeperReport: Equatable {
    case started(id: String, pid_t)
    case refused(id: String, reason: String)
    /// The program ended; `status` is as waitpid(2) gives it.
    case ended(id: String, status: Int32)
}

extension KeeperRequest {
    var packet: [UInt8] {
        switch self {
        case .start(let program): pack(["start"] + program.fields)
        case .signal(let id, let number): pack(["signal", id, String(number)])
        }
    }

    init?(packet: some Collection<UInt8>) {
        let fields = unpack(packet)
        switch fields.first {
        case "start":
            guard let program = Program(fields: fields.dropFirst()) else { return nil }
            self = .start(program)
        case "signal":
            guard fields.count == 3, let number = Int32(fields[2]) else { return nil }
            self = .signal(id: fields[1], number)
        default: return nil
        }
    }
}

extension KeeperReport {
    var packet: [UInt8] {
        switch self {
        case .started(let id, let process): pack(["started", id, String(process)])
        case .refused(let id, let reason): pack(["refused", id, reason])
        case .ended(let id, let status): pack(["ended", id, String(status)])
        }
    }

    init?(packet: some Collection<UInt8>) {
        let fields = unpack(packet)
        guard fields.count == 3 else { return nil }
        switch (fields[0], Int32(fields[2])) {
        case ("started", let process?): self = .started(id: fields[1], process)
        case ("refused", _): self = .refused(id: fields[1], reason: fields[2])
        case ("ended", let status?): self = .ended(id: fields[1], status: status)
        default: return nil
        }
    }
}

extension Program {
    fileprivate var fields: [String] {
        [id, folder, log, "\(quitSignal)", "\(patience)", "\(hasLifeline)"] + arguments
    }

    fileprivate init?(fields: ArraySlice<String>) {
        let fields = Array(fields)
        guard fields.count > 6, let signal = Int32(fields[3]), let patience = Int(fields[4]) else {
            return nil
        }
        self.init(
            id: fields[0], arguments: Array(fields[6...]), folder: fields[1], log: fields[2],
            quitSignal: signal, patience: patience, hasLifeline: fields[5] == "true")
    }
}

/// The longest packet; arguments and paths of the demo's own programs stay far below it.
let packetLimit = 32_768

private func pack(_ fields: [String]) -> [UInt8] {
    Array(fields.map { Array($0.utf8) }.joined(separator: [0]))
}

private func unpack(_ packet: some Collection<UInt8>) -> [String] {
    packet.split(separator: 0, omittingEmptySubsequences: false)
        .map { String(decoding: $0, as: UTF8.self) }
}
