import Testing

@Suite struct PromQLTests {}
