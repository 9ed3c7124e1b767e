import Targets

/// The candidate that was most likely meant, when one is close: few edits for its length.
public func suggestion(for word: String, among candidates: some Sequence<String>) -> String? {
    let limit = min(3, word.count / 3)
    let ranked = candidates.map { (distance: editDistance(word, $0), candidate: $0) }
        .filter { $0.distance <= limit }
    return ranked.min { ($0.distance, $0.candidate) < ($1.distance, $1.candidate) }?.candidate
}

/// A sentence that offers the likely word, with a space before it; "" when none is close.
public func didYouMean(_ word: String, among candidates: some Sequence<String>) -> String {
    suggestion(for: word, among: candidates).map { " Did you mean \"\($0)\"?" } ?? ""
}

/// How many insertions, deletions, replacements and swaps of neighbours turn one word into the
/// other. Source: optimal string alignment, Damerau 1964. Words are cut at 64 characters.
public func editDistance(_ left: String, _ right: String) -> Int {
    let left = Array(left.prefix(64))
    let right = Array(right.prefix(64))
    var rows = [Array(0...right.count)]
    for i in left.indices {
        var row = [i + 1]
        for j in right.indices {
            let replaced = rows[i][j] + (left[i] == right[j] ? 0 : 1)
            var best = min(rows[i][j + 1] + 1, row[j] + 1, replaced)
            if i > 0, j > 0, left[i] == right[j - 1], left[i - 1] == right[j] {
                best = min(best, rows[i - 1][j - 1] + 1)
            }
            row.append(best)
        }
        rows.append(row)
    }
    return rows[left.count][right.count]
}

/// A text in quotes for a message, cleaned and cut.
public func quote(_ text: String) -> String { "\"\(cleaned(text, limit: 60))\"" }
