import Glibc

/// A program of the package, which the build puts beside the tests.
public func builtProgram(_ name: String) -> String {
    var buffer = [CChar](repeating: 0, count: 4096)
    let count = max(0, readlink("/proc/self/exe", &buffer, buffer.count))
    let own = String(decoding: buffer.prefix(count).map { UInt8(bitPattern: $0) }, as: UTF8.self)
    let places = [own.prefix(upTo: own.lastIndex(of: "/") ?? own.startIndex), ".build/debug"]
    return places.map { "\($0)/\(name)" }.first { access($0, X_OK) == 0 } ?? name
}
