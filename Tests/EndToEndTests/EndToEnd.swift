import Testing

/// The built programs, from outside. One after the other: they share the machine and the folder of demos.
@Suite("End to end", .serialized) enum EndToEnd {}
