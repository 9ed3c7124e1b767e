import Checklist
import Lint
import TOML

extension APIExpectations {
    /// Reads one `[[api]]`; nil when nobody can be asked.
    init?(reading table: inout TableReader) {
        let target = table.requiredText("target", help: "Name an [[http]]: target = \"api\".")
        let protected = table.paths("protected")
        let open = table.path("open")
        let cache = table.table("cache").flatMap { inner -> Cache? in
            var inner = inner
            return Cache(reading: &inner)
        }
        let version = table.table("version").flatMap { inner -> Version? in
            var inner = inner
            return Version(reading: &inner)
        }
        let smoke = table.tables("smoke").compactMap { inner -> Step? in
            var inner = inner
            return Step(reading: &inner)
        }
        if protected.count > Self.pathLimit {
            table.report(
                "protected", at: table.position, "at most \(Self.pathLimit) paths are asked for.")
        }
        table.finish()
        guard let target else { return nil }
        self.init(target: target.value)
        self.protected = Array(protected.prefix(Self.pathLimit))
        self.open = open
        self.cache = cache
        self.version = version
        self.smoke = smoke
    }
}

extension APIExpectations.Cache {
    fileprivate init?(reading table: inout TableReader) {
        let path = table.requiredPath()
        let age = table.integer("max_age", in: 1...31_536_000)
        table.finish()
        guard let path else { return nil }
        self.init(path: path, maximumAge: age ?? 300)
    }
}

extension APIExpectations.Version {
    fileprivate init?(reading table: inout TableReader) {
        let path = table.requiredPath()
        let value = table.place(isNeeded: false)
        let container = table.text("container")
        table.finish()
        guard let path else { return nil }
        self.init(path: path, value: value?.value, container: container?.value)
    }
}

extension APIExpectations.Step {
    /// A step that expects nothing could never fail.
    fileprivate init?(reading table: inout TableReader) {
        let path = table.requiredPath()
        let status = table.integer("status", in: 100...599)
        let value = table.place(isNeeded: false)
        let expects = ["is", "equals", "contains"].contains { table.table[$0] != nil }
        let expectation =
            expects || status == nil ? table.expectation(allowsExit: false) : nil
        table.finish()
        guard let path, status != nil || expectation != nil else { return nil }
        self.init(path: path, status: status, value: value?.value, expectation: expectation)
    }
}

extension TableReader {
    fileprivate mutating func requiredPath() -> String? {
        guard let text = requiredText("path", help: "Write path = \"/healthz\".") else {
            return nil
        }
        return checked(text, "path")
    }

    fileprivate mutating func path(_ key: String) -> String? {
        text(key).flatMap { checked($0, key) }
    }

    fileprivate mutating func paths(_ key: String) -> [String] {
        texts(key).compactMap { checked($0, key) }
    }

    private mutating func checked(_ text: Text, _ key: String) -> String? {
        guard text.value.hasPrefix("/"), !text.value.hasPrefix("//"),
            text.value.allSatisfy({ $0.isASCII && !$0.isWhitespace })
        else {
            report(
                key, at: text.position, "\(text.quoted) is no path.",
                help: "Write a path of the target's own server: \"/v1/jobs\".")
            return nil
        }
        return text.value
    }
}
