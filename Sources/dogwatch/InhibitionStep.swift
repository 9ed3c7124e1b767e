/// What is asked at one time of a scenario of inhibitions.
///
/// The alerts that fire are those of `alerts` or `firing`; or those of the step before with the ones
/// of `fire` and without the ones of `resolve`; or, where a step has none of these, those that it asks for.
struct InhibitionStep: Decodable {
    typealias Alert = ReplayInhibition.Alert

    var t: ScriptTime?
    var alerts: [Alert]?
    var firing: [Alert]?
    var fire: [Alert]?
    var resolve: [Alert]?
    /// The alerts that are asked for; all that fire where it is absent.
    var expect: [Alert]?

    enum CodingKeys: String, CodingKey { case t, alerts, firing, fire, resolve, expect }

    init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        t = try container.decodeIfPresent(ScriptTime.self, forKey: .t)
        alerts = try container.decodeIfPresent([Alert].self, forKey: .alerts)
        firing = try container.decodeIfPresent([Alert].self, forKey: .firing)
        fire = try container.decodeIfPresent([Alert].self, forKey: .fire)
        resolve = try container.decodeIfPresent([Alert].self, forKey: .resolve)
        expect = try container.decodeIfPresent([Alert].self, forKey: .expect)
        let lists = [alerts, firing, fire, resolve, expect]
        guard lists.contains(where: { $0 != nil }) else {
            throw DecodingError.dataCorrupted(
                .init(
                    codingPath: decoder.codingPath,
                    debugDescription: "a step has neither \"expect\" nor \"alerts\""))
        }
    }

    /// `before` fired at the step before.
    func firing(after before: [Alert]) -> [Alert] {
        if let all = alerts ?? firing { return all }
        guard fire != nil || resolve != nil else { return expect ?? before }
        let changed = Set(((fire ?? []) + (resolve ?? [])).map(\.labels))
        return before.filter { !changed.contains($0.labels) } + (fire ?? [])
    }
}
