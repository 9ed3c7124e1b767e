import Targets
import Terminal

/// The words of a probe's phases in their shades.
enum ProbePhases {
    static var legend: [Span] {
        ProbeDetail.Phases().all.flatMap { phase in
            [Span("━━ ", phase.role), Span("\(phase.word)  ", .dim)]
        }
    }
}
