extension FaultTests {
    static let servers = [
        FaultCase(
            #"""
            [[tcp]]
            name = "t"
            [[tcp]]
            name = "u"
            address = "host"
            tls = "yes"
            """#,
            #"""
            config.toml:1:1: tcp.t: "address" is missing.
              Write address = "host:port".
            config.toml:5:11: tcp.u.address: "host" is not an address.
              Write a host and a port: "db.example.com:5432" or "[2001:db8::1]:5432".
            config.toml:6:7: tcp.u.tls: expected a table, found a string.
            """#),
        FaultCase(
            #"""
            [[redis]]
            name = "c"
            url = "redis://h/x"
            [[redis]]
            name = "d"
            url = "redis://h"
            tls = { verify = false }
            [[redis]]
            name = "e"
            url = "unix://"
            """#,
            #"""
            config.toml:3:7: redis.c.url: "x" is not a database number.
              Write one like "redis://cache.example.com:6379/0".
            config.toml:7:7: redis.d.tls: redis:// does not use TLS.
              Write a rediss:// URL.
            config.toml:10:7: redis.e.url: "unix://" names no socket.
              Write one like "redis://cache.example.com:6379".
            """#),
        FaultCase(
            #"""
            [[containers]]
            name = "c"
            url = "tcp://h:2375"
            [[containers]]
            name = "d"
            """#,
            #"""
            config.toml:3:7: containers.c.url: "tcp://" is no scheme of [[containers]].
              Write one like "unix:///var/run/docker.sock".
            config.toml:4:1: containers.d: "url" is missing.
              Write url = "unix:///var/run/docker.sock".
            """#),
        FaultCase(
            #"""
            [[command]]
            name = "c"
            run = "ls -l"
            [[command]]
            name = "d"
            run = []
            [[command]]
            name = "e"
            run = ["x"]
            degraded = [0, 300]
            max_bytes = "5 XB"
            """#,
            #"""
            config.toml:3:7: command.c.run: expected an array, found a string.
              Write program and arguments: run = ["/usr/lib/nagios/check_x", "-w", "5"].
            config.toml:6:7: command.d.run: it names no program.
              Write program and arguments: run = ["/usr/lib/nagios/check_x", "-w", "5"].
            config.toml:10:12: command.e.degraded: 0 means ok already.
            config.toml:10:16: command.e.degraded: 300 is not between 0 and 255.
            config.toml:11:13: command.e.max_bytes: "5 XB" is not a size.
              Write a number of bytes or a size: 65536, "64KiB" or "16MiB".
            """#),
        FaultCase(
            #"""
            [[scrape]]
            name = "s"
            url = "http://h"
            max_bytes = 5
            max_samples = "x"
            """#,
            #"""
            config.toml:4:13: scrape.s.max_bytes: 5 is not between 1024 and 1073741824.
            config.toml:5:15: scrape.s.max_samples: expected an integer, found a string.
            """#),
    ]
}
