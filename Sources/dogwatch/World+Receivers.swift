import Configuration
import Delivery
import Targets

extension World {
    /// What receivers work with. One for the whole process: it keeps the secrets that were read.
    func makeDeliveryPorts() -> DeliveryPorts {
        let reader = SecretReader(environment: environment, isStrict: true, run: World.output)
        let store = SecretStore { source throws(DeliveryFailure) in
            do throws(SecretFailure) {
                return try await reader.read(source)
            } catch {
                throw DeliveryFailure(error.message, remedy: error.remedy)
            }
        }
        return DeliveryPorts(
            client: client, resolver: resolver, secrets: store, userAgent: "dogwatch/\(version)")
    }

    /// The receivers of a configuration, in its order.
    func makeReceivers(_ specs: [PagingSettings.Receiver]) -> [any Receiver] {
        let ports = makeDeliveryPorts()
        return specs.map { ports.receiver($0.name, $0.settings) }
    }

    /// A line for each receiver whose secrets cannot be read now.
    func brokenReceivers(_ configuration: Configuration) async -> [String] {
        let store = makeDeliveryPorts().secrets
        var faults: [String] = []
        for receiver in configuration.paging.receivers {
            for source in receiver.settings.secrets {
                do throws(DeliveryFailure) {
                    _ = try await store.secret(source)
                } catch {
                    faults.append(
                        "\(configuration.path): receiver.\(receiver.name): broken: \(error)")
                }
            }
        }
        return faults
    }
}
