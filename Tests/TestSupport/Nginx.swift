/// A real nginx on free ports of the loopback, with the server blocks that a test gives.
public final class Nginx: Sendable {
    public let folder: TemporaryFolder
    private let process: ServerProcess

    /// Starts nginx with these contents of its `http` block and returns once `port` and all
    /// others that they listen on accept.
    public init(_ servers: String, port: Int, in folder: TemporaryFolder) throws {
        self.folder = folder
        let configuration = try folder.write(
            """
            worker_processes 1;
            daemon off;
            pid \(folder.path)/nginx.pid;
            error_log \(folder.path)/error.log;
            events { worker_connections 4096; }
            http {
              access_log off;
              default_type text/plain;
              client_body_temp_path \(folder.path)/body;
              proxy_temp_path \(folder.path)/proxy;
              fastcgi_temp_path \(folder.path)/fastcgi;
              uwsgi_temp_path \(folder.path)/uwsgi;
              scgi_temp_path \(folder.path)/scgi;
              \(servers)
            }
            """, to: "nginx.conf")
        process = try ServerProcess(
            ["nginx", "-p", folder.path, "-e", folder.path("error.log"), "-c", configuration],
            log: folder.path("nginx.log")
        ) { ([port] + Self.ports(in: servers)).allSatisfy { accepts(port: $0) } }
    }

    /// Those that server blocks listen on: the first one answers before the last one listens.
    private static func ports(in servers: String) -> [Int] {
        servers.split(whereSeparator: \.isWhitespace).compactMap { word in
            let prefix = "127.0.0.1:"
            guard word.hasPrefix(prefix) else { return nil }
            return Int(word.dropFirst(prefix.count).prefix(while: \.isNumber))
        }
    }

    public func stop() { process.stop() }
}
