import Glibc
import TimeSeries

/// Keeps a head's samples in a file, and decides what becomes of the file when there is trouble.
/// Used by one thread at a time.
final class HistoryKeeper {
    /// From one block to the next.
    static let blockInterval = Duration.seconds(1800)
    /// Samples stay for this long at least, whatever `retention` says: the head holds them anyway.
    static let shortestRetention = Duration.seconds(3 * 3600)
    /// With one more file set aside the history stays in memory: the disk is not to be trusted.
    static let mostSetAside = 3

    private enum State {
        case open(HistoryFile)
        /// Tried again at each save.
        case closed
        /// In memory for as long as the process runs.
        case givenUp
    }

    let store: UnitedStore
    private let path: String
    private let head: Head
    private let place = ReaderPlace()
    /// The most pages that the file may have, as on a small disk.
    var pageLimit = Int.max {
        didSet { if case .open(let file) = state { try? file.limit(pages: pageLimit) } }
    }
    private var state = State.closed
    /// When the last block was made; nil when one is due.
    private var lastBlock: Timestamp?
    private var restored = Restored()

    /// Why the last save failed; nil when it did not.
    private var trouble: String?
    /// What became of files since the start.
    private var events: [String] = []
    private var setAside = 0

    init(path: String, head: Head, at now: Timestamp) {
        self.path = path
        self.head = head
        store = UnitedStore(head, place)
        head.keep(true)
        lastBlock = open(at: now) ? now : nil
    }

    /// What there is to say, the newest last.
    var notices: [String] {
        var notices = events
        let damaged = restored.damagedRows + (place.reader?.damagedRows ?? 0)
        if damaged > 0 {
            notices.append("\(damaged) damaged rows of \(path) are left out of what is read")
        }
        if restored.leftOnDisk > 0 {
            notices.append(
                "series limit of \(head.seriesLimit) reached: \(restored.leftOnDisk) series of the"
                    + " history are read from the disk alone. Raise [watch] series_limit.")
        }
        return notices + (trouble.map { [$0] } ?? [])
    }
}

// MARK: - Writing

extension HistoryKeeper {
    func save(at now: Timestamp, retention: Duration, sizeBytes: Int) {
        followFile(at: now)
        attempt(at: now) { file throws(DatabaseFailure) in
            if isBlockDue(at: now) {
                try file.store(head)
                lastBlock = now
            } else {
                try file.save(head)
            }
            try file.expire(
                at: now, retention: max(retention, Self.shortestRetention), sizeBytes: sizeBytes)
        }
    }

    /// A clock that was set back makes a block due as well: no harm is done by a short one.
    private func isBlockDue(at now: Timestamp) -> Bool {
        guard let lastBlock else { return true }
        let passed = now.duration(since: lastBlock)
        return passed >= Self.blockInterval || passed < .zero
    }

    func close() {
        attempt(at: nil) { file throws(DatabaseFailure) in
            try file.save(head)
            try file.saveMetadata(of: head)
        }
        place.reader = nil
        state = .closed
    }

    /// Writes to the open file. Where the file is at fault it is set aside, and what was to be
    /// written goes into a new one.
    private func attempt(
        at now: Timestamp?, _ write: (HistoryFile) throws(DatabaseFailure) -> Void
    ) {
        for _ in 0..<2 {
            guard case .open(let file) = state else { return }
            do throws(DatabaseFailure) {
                try write(file)
                trouble = nil
                return
            } catch {
                let isNew = error.endsTheFile && now != nil
                handle(error, at: now)
                if !isNew { return }
            }
        }
    }

    /// Opens a file where none is open, and leaves one that is no longer what it was.
    private func followFile(at now: Timestamp) {
        if let failure = place.reader?.failure { handle(failure, at: now) }
        if case .open(let file) = state, file.isGone {
            release()
            events.append("\(path) was removed or replaced while in use: a new one begins")
        }
        if case .closed = state { _ = open(at: now) }
    }
}

// MARK: - Files

extension HistoryKeeper {
    /// False when it could not be opened; then `handle` has decided what follows.
    private func open(at now: Timestamp) -> Bool {
        do throws(DatabaseFailure) {
            let file = try HistoryFile(path: path)
            head.forgetMarks()
            restored = try file.restore(into: head, at: now)
            place.reader = try HistoryReader(path: path, readsRecent: false)
            state = .open(file)
            trouble = nil
            return true
        } catch {
            handle(error, at: now)
            return false
        }
    }

    private func handle(_ failure: DatabaseFailure, at now: Timestamp?) {
        switch failure.reason {
        case .damaged, .unusable:
            release()
            if let now { replaceFile(failure, at: now) }
        case .newer: giveUp("\(failure). Until then samples are kept in memory only.")
        case .full, .busy, .tooMuch, .other:
            trouble =
                "history is not written: \(failure). Samples stay in memory meanwhile; tried again"
                + " every few seconds."
        }
    }

    private func release() {
        place.reader = nil
        state = .closed
        lastBlock = nil
    }

    private func replaceFile(_ failure: DatabaseFailure, at now: Timestamp) {
        guard setAside < Self.mostSetAside else {
            return giveUp(
                "\(failure). \(setAside) files were set aside: samples are kept in memory.")
        }
        do throws(SetAsideFailure) {
            let name = try SetAside.move(path, at: now)
            setAside += 1
            events.append("\(failure). It was set aside as \(name); a new one begins.")
            _ = open(at: now)
        } catch {
            trouble = "\(failure), and cannot be set aside: \(error). Samples are kept in memory."
        }
    }

    private func giveUp(_ reason: String) {
        release()
        state = .givenUp
        trouble = reason
        head.keep(false)
    }
}
