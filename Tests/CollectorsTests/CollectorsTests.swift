import Testing

@Suite struct CollectorsTests {}
