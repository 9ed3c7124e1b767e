import Alerting
import Snapshot
import Terminal

/// The command line while it is typed, after ":".
public struct Prompt: Sendable, Equatable {
    public var line: LineEditor
    /// Why the line was not taken; gone with the next key.
    public var fault: String?

    public init(_ text: String = "") { line = LineEditor(text) }

    /// What can be typed first, of which Tab completes one.
    static let words = (Act.verbs + PlanAct.verbs + ["help", "quit"]).sorted()

    /// What the line could become: the words that begin as it does.
    var completions: [String] {
        guard !line.text.contains(" ") else { return [] }
        return Prompt.words.filter { $0.hasPrefix(line.text) }
    }

    /// Puts in what all completions have in common.
    mutating func complete() {
        let candidates = completions
        guard var common = candidates.first else { return }
        for word in candidates { while !word.hasPrefix(common) { common.removeLast() } }
        line = LineEditor(candidates.count == 1 ? common + " " : common)
    }
}

extension Model {
    /// The alert that an act means: the one that is open or selected.
    var selectedAlert: AlertCondition? {
        let row = detail?.row ?? shownFocus.flatMap { $0 == .alerts ? selectedRow($0) : nil }
        guard case .alert(let name, let place) = row else { return nil }
        return shown?.snapshot.alerts.first { $0.name == name && $0.place == place }
    }

    private func selectedRow(_ pane: PaneKind) -> RowID? {
        let lines = scene?.content(pane)?.lines ?? []
        return lines.first { $0.id == selection[pane] }?.id ?? lines.first?.id
    }

    /// The worst alert that nobody has.
    private var worstOpen: AlertCondition? {
        shown?.snapshot.alerts.first { $0.key != nil && $0.response == .open && $0.quiet.isEmpty }
    }

    /// Acknowledges what is selected; asks where that is not plain.
    mutating func acknowledge() -> [Command] {
        guard let alert = selectedAlert else {
            prompt = worstOpen?.key.map { Prompt("ack \($0)") }
            if prompt == nil { message = "nothing fires that nobody has" }
            return []
        }
        guard let key = alert.key else {
            message = "it does not fire yet"
            return []
        }
        guard alert.response == .open else {
            prompt = Prompt("unack \(key)")
            return []
        }
        return [.perform(.acknowledge(key: key, lasting: nil))]
    }

    mutating func mute() {
        let matchers = selectedAlert.map { alert -> String in
            let name = "alertname=\"\(alert.name)\""
            let instance = alert.labels["instance"]
            return instance.isEmpty ? name : "\(name) instance=\"\(instance)\""
        }
        prompt = Prompt("silence \(matchers ?? "") for 1h because ")
    }

    mutating func snooze() {
        prompt = Prompt("snooze \(selectedAlert?.key ?? worstOpen?.key ?? "") 1h")
    }

    mutating func typeCommand(_ key: Key) -> [Command] {
        guard var prompt else { return [] }
        prompt.fault = nil
        switch key {
        case .escape: self.prompt = nil
        case .enter: return run(prompt)
        case .tab:
            prompt.complete()
            self.prompt = prompt
        case .backspace where prompt.line.text.isEmpty: self.prompt = nil
        default:
            _ = prompt.line.take(key)
            self.prompt = prompt
        }
        return []
    }

    /// A line that is no act stays to be corrected.
    private mutating func run(_ typed: Prompt) -> [Command] {
        switch typed.line.text.split(separator: " ").first {
        case nil: prompt = nil
        case "help":
            prompt = nil
            overlay = .help(scroll: 0)
        case "q", "quit":
            prompt = nil
            return quit()
        case let verb? where PlanAct.verbs.contains(String(verb)):
            do throws(ActRefusal) {
                let act = try PlanAct.parse(
                    typed.line.text, in: shownPlans, selected: selectedPlanRow)
                prompt = nil
                return [.performOnPlan(act)]
            } catch {
                prompt?.fault = error.description
            }
        default:
            do throws(ActRefusal) {
                let act = try Act.parse(
                    typed.line.text, selected: selectedAlert?.key ?? worstOpen?.key)
                prompt = nil
                return [.perform(act)]
            } catch {
                prompt?.fault = error.description
            }
        }
        return []
    }
}
