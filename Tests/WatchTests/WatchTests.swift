import Testing

@Suite struct WatchTests {}
