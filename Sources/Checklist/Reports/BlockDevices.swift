import Targets

/// What a volume stands on: `lsblk --json --inverse -o NAME,TYPE,MOUNTPOINTS DEVICE`, which has the
/// device on top and below it those that hold it.
public struct BlockDevices: Sendable, Hashable {
    /// "pgdata → dm-crypt" for each device on top.
    public var volumes: [Volume]

    public struct Volume: Sendable, Hashable {
        public var name: String
        public var mountPoints: [String]
        /// Whatever is written to it passes an encrypted layer.
        public var isEncrypted: Bool
    }

    public init(parsing bytes: [UInt8]) throws(ReportFault) {
        volumes = try decoded(Wire.self, from: bytes).blockdevices.map { device in
            let points = (device.mountpoints ?? []).compactMap(\.self)
            return Volume(
                name: cleaned(device.name, limit: 60),
                mountPoints: (points + [device.mountpoint].compactMap(\.self)).map {
                    cleaned($0, limit: 200)
                },
                isEncrypted: device.isEncrypted)
        }
    }

    private struct Wire: Decodable {
        var blockdevices: [Device]
    }

    private struct Device: Decodable {
        var name: String
        var type: String
        var mountpoints: [String?]?
        var mountpoint: String?
        var children: [Device]?

        /// By itself, or by every one of the devices that hold it.
        var isEncrypted: Bool {
            if type == "crypt" { return true }
            guard let children, !children.isEmpty else { return false }
            return children.allSatisfy(\.isEncrypted)
        }
    }
}
