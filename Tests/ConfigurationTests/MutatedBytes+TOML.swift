import TestSupport

extension MutatedBytes {
    /// Mutated by what means something to TOML.
    init(toml text: String, seed: UInt64) {
        self.init(text, telling: "\"'[]{}=.,#\n\r\t \\$:-+_0aeuxTZ\u{0}é", seed: seed)
    }
}
