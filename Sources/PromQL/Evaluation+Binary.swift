#if canImport(Glibc)
    import Glibc
#endif
import TimeSeries

extension Evaluation {
    func columns(of binary: Binary, on grid: Grid) throws(QueryError) -> Columns {
        let left = try columns(of: binary.left, on: grid)
        let right = try columns(of: binary.right, on: grid)
        switch (left, right) {
        case (.scalar(let a), .scalar(let b)):
            return .scalar(zip(a, b).map { binary.op.scalarResult($0, $1) })
        case (.vector(let tracks), .scalar(let scalars)):
            return .vector(Self.combine(binary, tracks, scalars, scalarIsLeft: false))
        case (.scalar(let scalars), .vector(let tracks)):
            return .vector(Self.combine(binary, tracks, scalars, scalarIsLeft: true))
        case (.vector(let a), .vector(let b)):
            var work = 0
            let join = VectorJoin(binary, left: a, right: b, steps: grid.count) {
                (amount) throws(QueryError) in
                try self.checkDeadline(&work, adding: amount)
            }
            return .vector(try binary.op.isSet ? join.setResult() : join.result())
        case (.string, _), (_, .string): throw .failed("an operator does not take a string")
        }
    }

    private static func combine(
        _ binary: Binary, _ tracks: [Track], _ scalars: [Double], scalarIsLeft: Bool
    ) -> [Track] {
        tracks.map { track in
            var result = track
            result.dropsName = track.dropsName || binary.isBool || !binary.op.isComparison
            for step in track.values.indices where !track.values[step].isStale {
                let value = track.values[step]
                let (a, b) = scalarIsLeft ? (scalars[step], value) : (value, scalars[step])
                result.values[step] = binary.result(a, b, kept: value)
            }
            return result
        }
    }
}

extension Binary {
    /// What a pair of values gives: `.stale` where a comparison filters it away, else for a
    /// comparison without `bool` the value that is `kept`.
    func result(_ a: Double, _ b: Double, kept: Double) -> Double {
        guard op.isComparison else { return op.number(a, b) }
        let holds = op.holds(a, b)
        return isBool ? (holds ? 1 : 0) : holds ? kept : .stale
    }
}

extension BinaryOperator {
    func scalarResult(_ a: Double, _ b: Double) -> Double {
        isComparison ? (holds(a, b) ? 1 : 0) : number(a, b)
    }

    func holds(_ a: Double, _ b: Double) -> Bool {
        switch self {
        case .equal: a == b
        case .notEqual: a != b
        case .less: a < b
        case .lessOrEqual: a <= b
        case .greater: a > b
        case .greaterOrEqual: a >= b
        default: false
        }
    }

    fileprivate func number(_ a: Double, _ b: Double) -> Double {
        switch self {
        case .add: a + b
        case .subtract: a - b
        case .multiply: a * b
        case .divide: a / b
        case .modulo: fmod(a, b)
        case .power: pow(a, b)
        case .atan2: Glibc.atan2(a, b)
        default: .nan
        }
    }
}
