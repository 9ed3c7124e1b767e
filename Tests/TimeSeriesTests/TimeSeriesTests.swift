import Testing

@Suite struct TimeSeriesTests {}
