import TimeSeries

/// A fixed instant for tests: 2026-01-02T03:04:05Z.
public let start = Timestamp(milliseconds: 1_767_323_045_000)
