import Testing

@Suite struct SnapshotTests {}
