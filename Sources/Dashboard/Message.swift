import Alerting
import Checklist
import Snapshot
import Terminal
import TimeSeries

/// What happens to the dashboard.
public enum Message: Sendable, Equatable {
    case key(Key)
    case resized(Size)
    case second(Timestamp)
    case snapshot(Snapshot)
    /// The way to the owner changed.
    case link(Model.Link)
    /// A line for the person at the screen, until the next key.
    case note(String)
    /// A runbook was read, or cannot be.
    case runbook(String, Runbook)
    /// Every plan in full.
    case plans([ChecklistReport])
    /// Bytes per second that go to the terminal.
    case cost(bytesPerSecond: Double)
}

/// What `update` asks for; nothing in it is done by the model itself.
public enum Command: Sendable, Equatable {
    case quit
    /// Everything is to be drawn again.
    case repaint
    /// The terminal's bell is to ring.
    case beep
    /// The theme of this number is to be used.
    case theme(Int)
    /// The demo is to cause this fault.
    case demoFault(String)
    /// The owner of the watch is to do this in the person's name; its answer comes as a note.
    case perform(Act)
    /// The same about a plan.
    case performOnPlan(PlanAct)
    /// The runbook in this file is wanted.
    case readRunbook(String)
}

/// What the composition root feeds a running dashboard.
public enum Feed: Sendable, Equatable {
    case snapshot(Snapshot)
    case link(Model.Link)
    case note(String)
    case runbook(String, Runbook)
    case plans([ChecklistReport])

    var message: Message {
        switch self {
        case .snapshot(let snapshot): .snapshot(snapshot)
        case .link(let link): .link(link)
        case .note(let text): .note(text)
        case .runbook(let place, let runbook): .runbook(place, runbook)
        case .plans(let reports): .plans(reports)
        }
    }
}
