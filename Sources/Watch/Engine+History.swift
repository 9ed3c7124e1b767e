import Logging
import TimeSeries

extension Engine {
    /// From one commit of samples to the next: with the time that one takes, no more than 5 s of
    /// them can be lost.
    private static let saveInterval = Duration.seconds(4)

    /// Makes samples safe, again and again, and says what is wrong with that.
    func historyLoop() async {
        if history == nil { return await pause() }
        while (try? await Task.sleep(for: Engine.saveInterval, tolerance: .milliseconds(200)))
            != nil
        {
            await saveHistory()
        }
    }

    func saveHistory() async {
        guard let history else { return }
        let watch = configuration.watch
        let said = await history.save(
            at: clock.now(), retention: watch.retention, sizeBytes: watch.retentionSize)
        let new = notices.setHistory(said, at: clock.now())
        for text in new { ports.log.error("history", metadata: ["notice": "\(text)"]) }
        if !new.isEmpty { inbox.touch() }
    }
}
