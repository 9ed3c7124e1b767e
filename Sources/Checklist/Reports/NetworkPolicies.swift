import Targets

/// `kubectl get networkpolicy -A -o json`. Source: Kubernetes' documentation, "Network Policies".
public struct NetworkPolicies: Sendable, Hashable {
    /// Namespace → its policies.
    public var namespaces: [String: [Policy]]

    public struct Policy: Sendable, Hashable {
        public var name: String
        public var selectsAllPods: Bool
        public var restrictsIngress: Bool
        public var restrictsEgress: Bool
        /// A rule without a condition lets everything through.
        public var letsAllIn: Bool
        public var letsAllOut: Bool
    }

    public init(parsing bytes: [UInt8]) throws(ReportFault) {
        namespaces = [:]
        for item in try decoded(Wire.self, from: bytes).items {
            let namespace = cleaned(item.metadata.namespace, limit: 63)
            namespaces[namespace, default: []].append(Policy(item))
        }
    }

    fileprivate struct Wire: Decodable {
        var items: [Item]

        struct Item: Decodable {
            var metadata: Metadata
            var spec: Spec
        }

        struct Metadata: Decodable {
            var name: String
            var namespace: String
        }

        struct Spec: Decodable {
            var podSelector: Selector?
            var policyTypes: [String]?
            var ingress: [Rule]?
            var egress: [Rule]?
        }

        struct Selector: Decodable {
            var matchLabels: [String: String]?
            var matchExpressions: [Expression]?

            var isEmpty: Bool {
                matchLabels?.isEmpty ?? true && matchExpressions?.isEmpty ?? true
            }
        }

        struct Expression: Decodable {}

        struct Rule: Decodable {
            var from: [Peer]?
            var to: [Peer]?
            var ports: [Peer]?

            var isOpen: Bool {
                [from, to, ports].allSatisfy { $0?.isEmpty ?? true }
            }
        }

        struct Peer: Decodable {}
    }
}

extension NetworkPolicies.Policy {
    /// Without types it is about ingress, and about egress where it has rules for that.
    fileprivate init(_ item: NetworkPolicies.Wire.Item) {
        let types = item.spec.policyTypes
        name = cleaned(item.metadata.name, limit: 80)
        selectsAllPods = item.spec.podSelector?.isEmpty ?? true
        restrictsIngress = types?.contains("Ingress") ?? true
        restrictsEgress = types?.contains("Egress") ?? (item.spec.egress?.isEmpty == false)
        letsAllIn = item.spec.ingress?.contains(where: \.isOpen) ?? false
        letsAllOut = item.spec.egress?.contains(where: \.isOpen) ?? false
    }
}
