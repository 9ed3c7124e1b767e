import CCurl
import Reactor

/// libcurl on the I/O loop: its sockets are watched there, its one timer runs there, and all its
/// callbacks come there.
@IO
final class CurlMulti {
    private var pointer: OpaquePointer?
    private var running: [UnsafeMutableRawPointer: Transfer] = [:]
    private var timer: LoopTimer?

    nonisolated init() {}

    isolated deinit { if let pointer { dw_multi_free(pointer) } }

    /// Starts a transfer, which ends by itself or by `end`. nil when libcurl cannot.
    func start(_ transfer: Transfer, _ request: UnsafePointer<dw_request>) -> OpaquePointer? {
        guard let multi = open() else { return nil }
        let context = Unmanaged.passUnretained(transfer).toOpaque()
        running[context] = transfer
        let started = dw_transfer_start(
            multi, request,
            { context, isHeader, bytes, count in
                guard let context, let bytes else { return 0 }
                let transfer = Unmanaged<Transfer>.fromOpaque(context).takeUnretainedValue()
                let piece = UnsafeBufferPointer(start: bytes, count: count)
                return IO.assumeOnLoop {
                    transfer.receive(piece, isHeader: isHeader != 0).rawValue
                }
            }, context)
        if started == nil { running[context] = nil }
        return started
    }

    func end(_ transfer: Transfer, _ handle: OpaquePointer) {
        running[Unmanaged.passUnretained(transfer).toOpaque()] = nil
        guard let pointer else { return }
        dw_transfer_end(pointer, handle)
    }

    /// Lets a paused transfer go on, and hears what came of it.
    func resume(_ handle: OpaquePointer) {
        dw_transfer_resume(handle)
        finishDone()
    }

    private func open() -> OpaquePointer? {
        if let pointer { return pointer }
        timer = LoopTimer { [weak self] in self?.timeOut() }
        pointer = dw_multi_new(
            { context, socket, readable, writable in
                guard let context else { return }
                let owner = Unmanaged<CurlMulti>.fromOpaque(context).takeUnretainedValue()
                IO.assumeOnLoop { owner.socketChanged(socket, readable != 0, writable != 0) }
            },
            { context, milliseconds in
                guard let context else { return }
                let owner = Unmanaged<CurlMulti>.fromOpaque(context).takeUnretainedValue()
                IO.assumeOnLoop { owner.timerChanged(milliseconds) }
            }, Unmanaged.passUnretained(self).toOpaque())
        return pointer
    }

    private func socketChanged(_ socket: Int32, _ readable: Bool, _ writable: Bool) {
        guard readable || writable else { return unwatch(socket) }
        watch(socket, readable: readable, writable: writable) { [weak self] found in
            guard let self, let pointer else { return }
            dw_multi_ready(
                pointer, socket, found.isReadable ? 1 : 0, found.isWritable ? 1 : 0,
                found.hasFailed ? 1 : 0)
            finishDone()
        }
    }

    private func timerChanged(_ milliseconds: Int) {
        if milliseconds < 0 {
            timer?.cancel()
        } else {
            timer?.set(at: .after(.milliseconds(milliseconds)))
        }
    }

    private func timeOut() {
        guard let pointer else { return }
        dw_multi_timeout(pointer)
        finishDone()
    }

    private func finishDone() {
        guard let pointer else { return }
        var code: Int32 = 0
        while let context = dw_multi_next_done(pointer, &code) {
            running[context]?.finish(code)
        }
    }
}
