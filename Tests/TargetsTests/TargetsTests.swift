import Testing

@Suite struct TargetsTests {}
