import Alerting
import Delivery
import Targets
import TestSupport
import TimeSeries

@testable import Delivery

/// 2026-01-02T03:16:05Z, a quarter of an hour into the night's trouble.
let now = Timestamp(milliseconds: 1_767_323_765_000)
let began = Timestamp(milliseconds: 1_767_323_045_678)

/// A page with one alert, whose parts a test changes.
func samplePage(_ event: Page.Event = .trigger, change: (inout Page) -> Void = { _ in }) -> Page {
    var page = Page(
        id: "01JGK3", event: event, key: "dogwatch/prod/3f9a77aa00112233/7", sequence: 1,
        severity: .page, createdAt: now, group: Page.Group(labels: ["service": "checkout"]),
        alerts: [
            Page.Alert(
                fingerprint: "3f9a77aa00112233", episode: 7, rule: "p95_latency",
                labels: ["alertname": "p95_latency", "instance": "api", "job": "http"],
                summary: "checkout P95", value: 0.412, unit: "s", comparison: ">", threshold: 0.1,
                startsAt: began, endsAt: event == .resolve ? now : nil,
                runbook: "https://wiki.example.com/p95",
                budget: Page.Alert.Budget(remaining: 0.72, whole: "43 min in 30 d"),
                changes: ["deployed api 1.4.2 at 02:58"])
        ], instance: "prod")
    page.clientURL = "https://watch.example.com/"
    change(&page)
    return page
}

func message(_ event: Page.Event = .trigger, change: (inout Page) -> Void = { _ in }) -> Message {
    Message(samplePage(event, change: change))
}
