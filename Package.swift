// swift-tools-version: 6.2
import PackageDescription

// The targets and their edges are the architecture: what is not listed here cannot be imported.

let strict: [SwiftSetting] = [
    .swiftLanguageMode(.v6), .treatAllWarnings(as: .error),
    .enableUpcomingFeature("ExistentialAny"),
]

/// A bridge to a C or C++ library: headers, a module map and, where Swift cannot call it, a shim.
func bridge(
    _ name: String, _ imports: [Target.Dependency] = [], links libraries: [String]
) -> Target {
    .target(
        name: name, dependencies: imports, path: "Sources/C/\(name)",
        linkerSettings: libraries.map { .linkedLibrary($0) })
}

/// What a watch asks of each sample or of each query is made fast; all else small, as its code stays in
/// memory.
let quick: Set<String> = ["TimeSeries", "PromQL", "Exposition", "Journal", "Reactor", "HTTP"]
let small: [SwiftSetting] = [.unsafeFlags(["-Osize"], .when(configuration: .release))]

func room(_ name: String, _ imports: [Target.Dependency] = []) -> Target {
    .target(
        name: name, dependencies: imports,
        swiftSettings: quick.contains(name) ? strict : strict + small)
}

func tests(_ name: String, _ imports: [Target.Dependency], resources: [Resource] = []) -> Target {
    .testTarget(
        name: name, dependencies: imports + ["TestSupport"], resources: resources,
        swiftSettings: strict)
}

/// Packed relocations (DT_RELR, glibc 2.36) and no names for libraries that nobody loads take a
/// megabyte and a half less of the file and of memory.
let packed: [LinkerSetting] = [
    .unsafeFlags([
        "-use-ld=lld", "-Xlinker", "-z", "-Xlinker", "pack-relative-relocs",
        "-Xlinker", "--no-export-dynamic",
    ])
]

let arguments = Target.Dependency.product(name: "ArgumentParser", package: "swift-argument-parser")
let logging = Target.Dependency.product(name: "Logging", package: "swift-log")

let package = Package(
    name: "dogwatch",
    products: [
        .executable(name: "dogwatch", targets: ["dogwatch"]),
        .executable(name: "dogwatch-demo", targets: ["DemoStack"]),
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.5.0"),
        .package(url: "https://github.com/apple/swift-log", from: "1.16.0"),
    ],
    targets: [
        bridge("CNcurses", links: ["ncursesw", "tinfo"]),
        bridge("CCurl", ["COpenSSL"], links: ["curl"]),
        bridge("COpenSSL", links: ["ssl", "crypto"]),
        bridge("CPostgres", links: ["pq"]),
        bridge("CHiredis", links: ["hiredis"]),
        bridge("CAres", links: ["cares"]),
        bridge("CTOML", links: ["stdc++"]),
        bridge("CYAML", links: ["yaml"]),
        bridge("CRE2", links: ["re2", "stdc++"]),
        bridge("CMarkGFM", links: ["cmark-gfm", "cmark-gfm-extensions"]),
        bridge("CMicrohttpd", links: ["microhttpd"]),
        bridge("CSQLite", links: ["sqlite3"]),
        bridge("CSystem", links: []),
        bridge("CDemoSystem", links: []),

        room("Execution"),
        room("TimeSeries", ["CRE2"]),
        room("PromQL", ["TimeSeries"]),
        room("Records", ["TimeSeries"]),
        room("Journal", ["TimeSeries", "Records", "Execution", "CSQLite"]),
        room("Alerting", ["TimeSeries", "PromQL", "Records"]),
        room("Targets", ["TimeSeries"]),
        room("Documents", ["CMarkGFM"]),
        room("Checklist", ["TimeSeries", "PromQL", "Targets", "Documents"]),
        room("Lint", ["Targets"]),
        room("YAML", ["CYAML"]),
        room("Rules", ["TimeSeries", "PromQL", "YAML", "Lint", "Targets"]),
        room("Exposition", ["TimeSeries", "Targets"]),
        room("Snapshot", ["TimeSeries", "PromQL", "Targets"]),
        room("PrometheusAPI", ["TimeSeries", "PromQL", "Rules"]),
        room("TOML", ["CTOML"]),
        room(
            "Configuration",
            ["TOML", "TimeSeries", "PromQL", "Rules", "Alerting", "Checklist", "Lint", "Targets"]),
        room("Reactor", ["CSystem", "COpenSSL", "CAres"]),
        room("HTTP", ["Reactor", "CCurl", "COpenSSL"]),
        room(
            "Collectors",
            ["TimeSeries", "Targets", "Exposition", "HTTP", "Reactor", "CPostgres", "CHiredis"]),
        room(
            "Delivery", ["Alerting", "Snapshot", "TimeSeries", "Targets", "HTTP", "Reactor"]),
        room(
            "Watch",
            [
                "Execution", "Snapshot", "Targets", "TimeSeries", "PromQL", "Rules", "Alerting",
                "Records", "Configuration", "Reactor", logging,
            ]),
        room(
            "Service",
            [
                "Watch", "Snapshot", "Configuration", "Targets", "TimeSeries", "PromQL", "Rules",
                "Alerting", "PrometheusAPI", "Exposition", "HTTP", "CMicrohttpd",
            ]),
        room("Terminal", ["CNcurses", "CSystem", "TOML"]),
        room(
            "QueryReport",
            ["Terminal", "Snapshot", "Targets", "TimeSeries", "PromQL", "PrometheusAPI"]),
        room(
            "Dashboard",
            [
                "Terminal", "Snapshot", "Alerting", "Checklist", "Documents", "Targets",
                "TimeSeries", "PromQL",
            ]),
        .executableTarget(
            name: "dogwatch",
            dependencies: [
                "Watch", "Journal", "Service", "Snapshot", "Targets", "Dashboard", "Terminal",
                "Configuration", "Collectors", "Delivery", "HTTP", "TimeSeries", "PromQL",
                "PrometheusAPI", "QueryReport", "Rules", "Lint", "Alerting", "Checklist",
                "Reactor", "Records", "Execution", arguments, logging,
            ],
            swiftSettings: strict, linkerSettings: packed),
        .executableTarget(
            name: "DemoStack",
            dependencies: ["CMicrohttpd", "CPostgres", "CHiredis", "CDemoSystem", arguments],
            swiftSettings: strict),

        .target(name: "CPty", path: "Tests/CPty"),
        .executableTarget(
            name: "SeriesBenchmark", dependencies: ["TimeSeries", "PromQL"],
            path: "Benchmarks/SeriesBenchmark", swiftSettings: strict),
        .executableTarget(
            name: "ExpositionBenchmark", dependencies: ["Exposition", "Targets", "Watch"],
            path: "Benchmarks/ExpositionBenchmark", swiftSettings: strict),
        .executableTarget(
            name: "HistoryBenchmark", dependencies: ["Journal", "TimeSeries", "PromQL"],
            path: "Benchmarks/HistoryBenchmark", swiftSettings: strict),
        .executableTarget(
            name: "PromQLBenchmark", dependencies: ["TimeSeries", "PromQL", "TestSupport"],
            path: "Benchmarks/PromQLBenchmark", swiftSettings: strict),
        .executableTarget(
            name: "ChecklistBenchmark", dependencies: ["Checklist", "TimeSeries"],
            path: "Benchmarks/ChecklistBenchmark", swiftSettings: strict),
        .executableTarget(
            name: "PagerBenchmark",
            dependencies: [
                "Watch", "Journal", "Alerting", "Records", "Configuration", "Targets", "TimeSeries",
                logging,
            ],
            path: "Benchmarks/PagerBenchmark", swiftSettings: strict),
        .executableTarget(
            name: "ScreenBenchmark", dependencies: ["TestSupport"],
            path: "Benchmarks/ScreenBenchmark", swiftSettings: strict),
        .executableTarget(
            name: "ProbeBenchmark",
            dependencies: [
                "Watch", "Collectors", "Configuration", "HTTP", "Reactor", "Targets", "TestSupport",
                logging,
            ],
            path: "Benchmarks/ProbeBenchmark", swiftSettings: strict),

        .target(
            name: "TestSupport",
            dependencies: ["CPty", "TimeSeries", "Targets", "Snapshot", "CSystem"],
            path: "Tests/TestSupport", swiftSettings: strict),
        tests("TimeSeriesTests", ["TimeSeries"]),
        tests("PromQLTests", ["PromQL"]),
        tests("PrometheusTests", ["PromQL", "Rules"]),
        .executableTarget(
            name: "HistoryWriter", dependencies: ["Journal", "TimeSeries"],
            path: "Tests/HistoryWriter", swiftSettings: strict),
        .executableTarget(
            name: "PagerWriter", dependencies: ["Journal", "Records", "TimeSeries"],
            path: "Tests/PagerWriter", swiftSettings: strict),
        tests("JournalTests", ["Journal", "Records", "HistoryWriter", "PagerWriter"]),
        tests("AlertingTests", ["Alerting", "PromQL", "Records", "TimeSeries"]),
        tests("ReplayTests", ["dogwatch", "HTTP", "Configuration", "Rules", "Lint"]),
        tests("TargetsTests", ["Targets"]),
        tests("ExpositionTests", ["Exposition"]),
        tests("YAMLTests", ["YAML"]),
        tests("RulesTests", ["Rules", "Lint"]),
        tests("SnapshotTests", ["Snapshot"]),
        tests("ChecklistTests", ["Checklist", "Documents", "Configuration", "Lint"]),
        tests("PrometheusAPITests", ["PrometheusAPI"]),
        tests("QueryReportTests", ["QueryReport"], resources: [.copy("Goldens")]),
        tests("ConfigurationTests", ["Configuration", "Alerting", "TOML", "Lint"]),
        tests("ReactorTests", ["Reactor", "CSystem"]),
        tests("HTTPTests", ["HTTP", "Reactor"]),
        tests(
            "CollectorsTests", ["Collectors", "Reactor", "HTTP"], resources: [.copy("Fixtures")]),
        tests("DeliveryTests", ["Delivery", "Alerting", "HTTP", "Reactor"]),
        .executableTarget(
            name: "PagerSubject",
            dependencies: [
                "Watch", "Journal", "Delivery", "Alerting", "Records", "Configuration", "HTTP",
                "Reactor", "Targets", "TimeSeries", logging,
            ], path: "Tests/PagerSubject", swiftSettings: strict),
        tests("PagerFaultTests", ["PagerSubject", "Alerting", "Configuration", "TimeSeries"]),
        tests("WatchTests", ["Watch", "Configuration", "Rules", "Alerting", "Records"]),
        tests("ServiceTests", ["Service", "Watch", "Configuration", "HTTP", "PrometheusAPI"]),
        .executableTarget(
            name: "DashboardPreview", dependencies: ["Dashboard", "Terminal", "TestSupport"],
            path: "Tests/DashboardPreview", swiftSettings: strict),
        tests("TerminalTests", ["Terminal"]),
        tests("DashboardTests", ["Dashboard", "Checklist"], resources: [.copy("Goldens")]),
        tests(
            "IntegrationTests",
            [
                "Collectors", "Exposition", "Delivery", "Alerting", "Watch", "Configuration",
                "Reactor", "HTTP",
            ]),
        tests(
            "EndToEndTests",
            [
                "dogwatch", "DemoStack", "PrometheusAPI", "Rules", "PromQL", "Checklist", "Watch",
                "Reactor",
            ]),
    ],
    cxxLanguageStandard: .cxx17
)
