/// Makes a tree of a stream of events.
struct TreeBuilder {
    private struct Anchored {
        var node: YAMLNode
        var size: Int
    }

    private(set) var duplicateKeys: [YAMLError] = []
    private(set) var secondDocument: YAMLPosition?
    private var anchors: [String: Anchored] = [:]
    /// Anchors of values that have not ended: an alias to one would have no end.
    private var open: Set<String> = []
    private var depth = 0
    private var nodes = 0

    mutating func document(from events: EventStream) throws(YAMLError) -> YAMLNode? {
        var root: YAMLNode?
        while true {
            let event = try events.next()
            switch event.kind {
            case .documentStart where root != nil:
                secondDocument = event.start
                return root
            case .documentStart: root = try node(try events.next(), events)
            case .streamEnd: return root
            default: break
            }
        }
    }

    private mutating func node(
        _ event: Event, _ events: EventStream
    ) throws(YAMLError) -> YAMLNode {
        let before = nodes
        try count(1, at: event.start)
        if case .alias(let name) = event.kind { return try target(of: name, at: event.start) }
        depth += 1
        defer { depth -= 1 }
        guard depth <= YAMLDocument.maximumDepth else {
            throw YAMLError(
                "values are nested deeper than \(YAMLDocument.maximumDepth) levels",
                at: event.start)
        }
        if let anchor = event.anchor { open.insert(anchor) }
        let node = try value(event, events)
        if let anchor = event.anchor {
            open.remove(anchor)
            anchors[anchor] = Anchored(node: node, size: nodes - before)
        }
        return node
    }

    private mutating func value(
        _ event: Event, _ events: EventStream
    ) throws(YAMLError) -> YAMLNode {
        switch event.kind {
        case .scalar(let scalar):
            return YAMLNode(.scalar(scalar), at: event.start, end: event.end)
        case .sequenceStart:
            var items: [YAMLNode] = []
            while true {
                let next = try events.next()
                if case .sequenceEnd = next.kind {
                    return YAMLNode(.sequence(items), at: event.start, end: next.end)
                }
                items.append(try node(next, events))
            }
        default: return try mapping(event, events)
        }
    }

    private mutating func mapping(
        _ start: Event, _ events: EventStream
    ) throws(YAMLError) -> YAMLNode {
        var mapping = MappingBuilder()
        while true {
            let event = try events.next()
            if case .mappingEnd = event.kind {
                duplicateKeys += mapping.duplicates
                return YAMLNode(.mapping(mapping.merged), at: start.start, end: event.end)
            }
            let key = try node(event, events)
            let value = try node(try events.next(), events)
            guard let name = key.scalar else {
                throw YAMLError("a key must be a text", at: event.start)
            }
            if name.text == "<<", name.style == .plain {
                try merge(value, at: event.start, into: &mapping)
            } else {
                mapping.add(name.text, at: event.start, value)
            }
        }
    }

    private func merge(
        _ value: YAMLNode, at position: YAMLPosition, into mapping: inout MappingBuilder
    ) throws(YAMLError) {
        for source in value.sequence ?? [value] {
            guard let entries = source.mapping?.entries else {
                throw YAMLError("a merge key (<<) takes a mapping or a list of them", at: position)
            }
            mapping.merge(entries)
        }
    }

    private mutating func target(
        of name: String, at position: YAMLPosition
    ) throws(YAMLError) -> YAMLNode {
        guard !open.contains(name) else {
            throw YAMLError("the alias *\(name) stands within its own anchor", at: position)
        }
        guard let anchored = anchors[name] else {
            throw YAMLError("there is no anchor &\(name) before this alias", at: position)
        }
        try count(anchored.size, at: position)
        return anchored.node
    }

    private mutating func count(_ more: Int, at position: YAMLPosition) throws(YAMLError) {
        nodes += more
        guard nodes <= YAMLDocument.maximumNodes else {
            throw YAMLError(
                "there are more than \(YAMLDocument.maximumNodes) values, aliases resolved",
                at: position)
        }
    }
}

/// The entries of one mapping while it is read.
private struct MappingBuilder {
    private var entries: [YAMLMapping.Entry] = []
    private var lines: [String: Int] = [:]
    private var inherited: [YAMLMapping.Entry] = []
    private(set) var duplicates: [YAMLError] = []

    mutating func add(_ key: String, at position: YAMLPosition, _ node: YAMLNode) {
        if let line = lines[key] {
            duplicates.append(
                YAMLError("the key \"\(key)\" was given at line \(line) already", at: position))
            return
        }
        lines[key] = position.line
        entries.append(.init(key: key, keyPosition: position, node: node))
    }

    mutating func merge(_ others: [YAMLMapping.Entry]) { inherited += others }

    /// Own keys win over merged ones, and of those the first.
    var merged: YAMLMapping {
        guard !inherited.isEmpty else { return YAMLMapping(entries: entries) }
        var known = Set(lines.keys)
        return YAMLMapping(entries: entries + inherited.filter { known.insert($0.key).inserted })
    }
}
