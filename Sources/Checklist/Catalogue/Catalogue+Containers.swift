extension Catalogue {
    static let containers: [Check] = [
        Check(
            id: "container.readonly-rootfs", title: "Root filesystems are read-only",
            reads: "HostConfig.ReadonlyRootfs of every running project container",
            rule: .init(
                pass: "true for all",
                warn: "exceptions listed with reason and expiry",
                fail: "any other false",
                unknown: "0 containers matched"),
            needs: "containers read", cadence: .minutes(5), owasp: [.a05],
            severity: .high, grade: .setting,
            reach: "Volumes and tmpfs stay writable",
            fix: """
                Run with --read-only and a tmpfs for what must be written (compose: read_only: \
                true).
                """,
            traits: []),
        Check(
            id: "container.limits.memory", title: "Memory limits set",
            reads: "HostConfig.Memory",
            rule: .init(
                pass: "> 0 for all",
                fail: "0 on any"),
            needs: "containers read", cadence: .minutes(5), owasp: [.a05],
            severity: .high, grade: .setting,
            reach: "",
            fix: "Set a memory limit on the named containers (compose: mem_limit).",
            traits: []),
        Check(
            id: "container.limits.cpu", title: "CPU limits set",
            reads: "NanoCpus, or CpuQuota/CpuPeriod; CpuShares is not a limit",
            rule: .init(
                pass: "NanoCpus > 0 or quota > 0 for all",
                warn: "shares only",
                fail: "none"),
            needs: "containers read", cadence: .minutes(5), owasp: [.a05],
            severity: .medium, grade: .setting,
            reach: "",
            fix: """
                Set a CPU quota on the named containers (compose: cpus); shares are no limit.
                """,
            traits: []),
        Check(
            id: "container.limits.pids", title: "Process limits set",
            reads: "HostConfig.PidsLimit",
            rule: .init(
                pass: "> 0 for all",
                fail: "null, 0 or −1"),
            needs: "containers read", cadence: .hours(1), owasp: [.a05],
            severity: .low, grade: .setting,
            reach: "",
            fix: "Set --pids-limit on the named containers (compose: pids_limit).",
            traits: []),
        Check(
            id: "container.limits.planned", title: "Limits equal the sizing plan",
            reads: """
                The two above against API 0.5 CPU/512 MiB, PostgreSQL 1.0/1 GiB, Redis 0.1/256 \
                MiB
                """,
            rule: .init(
                pass: "equal",
                warn: "larger",
                fail: "smaller or unset"),
            needs: "containers read", cadence: .hours(1), owasp: [],
            severity: .low, grade: .setting,
            reach: "Mi is 2^20",
            fix: "Set the limits to the planned sizes, or change the plan.",
            traits: []),
        Check(
            id: "container.healthcheck", title: "Every container has a passing health check",
            reads: "Config.Healthcheck.Test, State.Health.Status, FailingStreak",
            rule: .init(
                pass: "test defined (not NONE) and healthy on all",
                warn: "starting, or streak 1–2",
                fail: "unhealthy, none defined",
                unknown: "no container"),
            needs: "containers read", cadence: .seconds(10), owasp: [],
            severity: .high, grade: .behaviour,
            reach: "exit 0 as a test would pass: the test text is shown",
            fix: """
                Define a health check that asks the service, and see the output of the one that \
                fails.
                """,
            traits: []),
        Check(
            id: "container.user-nonroot", title: "Containers do not run as root",
            reads: "Config.User; image default when empty",
            rule: .init(
                pass: "numeric > 0 or a name other than root",
                warn: "name whose uid is unknown",
                fail: "empty, 0, root"),
            needs: "containers read", cadence: .hours(1), owasp: [.a05],
            severity: .high, grade: .setting,
            reach: "Entry points may drop root later",
            fix: "Set USER in the image, or user: in compose, to a number above 0.",
            traits: []),
        Check(
            id: "container.privileged", title: "No privileged or over-capable container",
            reads: "Privileged, CapAdd, Devices",
            rule: .init(
                pass: "false, no CapAdd outside the list, no devices",
                fail: "else"),
            needs: "containers read", cadence: .minutes(15), owasp: [.a05],
            severity: .critical, grade: .setting,
            reach: "",
            fix: """
                Remove privileged, cap_add and devices; add back single capabilities with a \
                reason.
                """,
            traits: []),
        Check(
            id: "container.no-new-privileges",
            title: "no-new-privileges, seccomp and AppArmor kept",
            reads: "SecurityOpt, AppArmorProfile",
            rule: .init(
                pass: "no-new-privileges on all and no unconfined",
                warn: "missing flag",
                fail: "seccomp=unconfined/apparmor=unconfined"),
            needs: "containers read", cadence: .hours(1), owasp: [.a05],
            severity: .medium, grade: .setting,
            reach: "",
            fix: """
                Add security_opt: no-new-privileges:true and remove unconfined profiles.
                """,
            traits: []),
        Check(
            id: "container.namespaces", title: "Host namespaces are not shared",
            reads: "NetworkMode, PidMode, IpcMode, UTSMode, UsernsMode",
            rule: .init(
                pass: "none is host",
                fail: "any"),
            needs: "containers read", cadence: .hours(1), owasp: [.a05],
            severity: .high, grade: .setting,
            reach: "",
            fix: """
                Remove network_mode, pid, ipc, uts and userns_mode host from the named \
                containers.
                """,
            traits: []),
        Check(
            id: "container.socket-mount", title: "The engine socket is not mounted",
            reads: "Mounts[].Source",
            rule: .init(
                pass: "none ends in docker.sock (except the listed read-only proxy)",
                fail: "any"),
            needs: "containers read", cadence: .hours(1), owasp: [.a05, .a01],
            severity: .critical, grade: .setting,
            reach: "",
            fix: "Replace the mount by a proxy that answers GET only.",
            traits: []),
        Check(
            id: "container.network.segmented", title: "Data stores sit apart from the edge",
            reads: "NetworkSettings.Networks per container against the configured tiers",
            rule: .init(
                pass: """
                    no data container shares a network with an edge container and none is on \
                    the default bridge
                    """,
                fail: "shared",
                unknown: "tiers not configured"),
            needs: "containers + networks read", cadence: .minutes(15), owasp: [.a05, .a10],
            severity: .high, grade: .setting,
            reach: "Docker networks only, not host firewall",
            fix: "Put data stores on a network of their own, without the proxy on it.",
            traits: []),
        Check(
            id: "container.network.internal", title: "Data networks have no way out",
            reads: """
                Internal flag of the data networks; egress list for app networks if declared
                """,
            rule: .init(
                pass: "internal",
                warn: "not internal but no published ports",
                fail: "internet-reachable data network"),
            needs: "networks read", cadence: .hours(1), owasp: [.a10, .a05],
            severity: .medium, grade: .setting,
            reach: "App egress itself is not filtered by this",
            fix: "Create the data networks with internal: true.",
            traits: []),
        Check(
            id: "container.ports.bound", title: "Published ports are planned and bound narrowly",
            reads: "NetworkSettings.Ports host IP and port, IPv4 and IPv6",
            rule: .init(
                pass: "published set ⊆ {80, 443} on the proxy; others loopback only",
                warn: "5432 on a private address",
                fail: "5432/6379/app on 0.0.0.0 or ::"),
            needs: "containers read", cadence: .minutes(5), owasp: [.a05],
            severity: .high, grade: .setting,
            reach: "Engine rules bypass host firewalls: this is the truer look",
            fix: """
                Publish only the proxy's ports; bind the others to 127.0.0.1 or remove them.
                """,
            traits: []),
        Check(
            id: "container.env.secrets", title: "No literal secrets in container environments",
            reads: """
                Names of Config.Env; values are tested in memory (pattern, entropy, reference \
                form) then dropped
                """,
            rule: .init(
                pass: """
                    no secret-like name with a literal value (*_FILE, vault: references \
                    allowed)
                    """,
                fail: "any; only names are shown",
                unknown: "0 containers"),
            needs: "containers read", cadence: .hours(1), owasp: [.a07, .a04],
            severity: .high, grade: .setting,
            reach: "Name-based; unusual names escape",
            fix: """
                Move the named values to the secret store or to files under /run/secrets.
                """,
            traits: []),
        Check(
            id: "container.image.semver", title: "Images are pinned to versions",
            reads: "Config.Image tag and digest, version label",
            rule: .init(
                pass: "SemVer tag or digest for all",
                warn: "digest without version label",
                fail: "latest or no tag"),
            needs: "containers read", cadence: .hours(1), owasp: [.a08, .a06],
            severity: .medium, grade: .setting,
            reach: "",
            fix: "Deploy images by version and digest instead of latest.",
            traits: []),
        Check(
            id: "container.image.age", title: "Images were rebuilt recently",
            reads: "Image Created (ignore 1970/0001 build stamps → label created)",
            rule: .init(
                pass: "≤ 30 d",
                warn: "≤ 90 d",
                fail: "older",
                unknown: "zero stamp and no label"),
            needs: "images read", cadence: .days(1), owasp: [.a06],
            severity: .medium, grade: .setting,
            reach: "Rebuild is not the same as patched",
            fix: "Rebuild the named images on a fresh base, and schedule it.",
            traits: []),
        Check(
            id: "container.restarts", title: "Containers stay up",
            reads: "RestartCount, OOMKilled, StartedAt over time",
            rule: .init(
                pass: "no restart or OOM in 24 h",
                warn: "1",
                fail: "≥ 2 or OOM"),
            needs: "containers read", cadence: .seconds(10), owasp: [],
            severity: .medium, grade: .behaviour,
            reach: "",
            fix: """
                Read the container's last log lines and exit code; raise its memory limit where \
                it was killed for it.
                """,
            traits: []),
    ]
}
