// swift-tools-version: 6.2
import PackageDescription

// Fuzz targets, apart from the package proper: nothing here is built by `swift build` at the root.
// Scripts/fuzz.sh builds and runs them; README.md says how to add one.

let strict: [SwiftSetting] = [
    .swiftLanguageMode(.v6), .treatAllWarnings(as: .error),
    .enableUpcomingFeature("ExistentialAny"), .unsafeFlags(["-sanitize=fuzzer"]),
]

/// A target of the package proper, instrumented: the fuzzer sees which branches an input takes.
func instrumented(_ name: String, _ imports: [Target.Dependency] = []) -> Target {
    .target(name: name, dependencies: imports, path: "Sources/\(name)", swiftSettings: strict)
}

/// A program of the fuzzer's: its one file defines `LLVMFuzzerTestOneInput` and an entry that calls
/// `run_fuzzer`.
func fuzzer(_ name: String, _ imports: [Target.Dependency], seeds: Bool = false) -> Target {
    .executableTarget(
        name: name, dependencies: imports + ["CDriver"], path: "Targets/\(name)",
        exclude: seeds ? ["Seeds"] : [],
        swiftSettings: strict + [.unsafeFlags(["-parse-as-library"])],
        linkerSettings: [.unsafeFlags(["-sanitize=fuzzer"])])
}

let package = Package(
    name: "fuzz",
    targets: [
        .target(
            name: "CRE2", path: "Sources/C/CRE2",
            linkerSettings: [.linkedLibrary("re2"), .linkedLibrary("stdc++")]),
        .target(
            name: "CYAML", path: "Sources/C/CYAML", linkerSettings: [.linkedLibrary("yaml")]),
        .target(
            name: "CTOML", path: "Sources/C/CTOML", linkerSettings: [.linkedLibrary("stdc++")]),
        .target(
            name: "CMarkGFM", path: "Sources/C/CMarkGFM",
            linkerSettings: [
                .linkedLibrary("cmark-gfm"), .linkedLibrary("cmark-gfm-extensions"),
            ]),
        .target(name: "CDriver", path: "Targets/CDriver"),
        instrumented("TimeSeries", ["CRE2"]),
        instrumented("PromQL", ["TimeSeries"]),
        instrumented("Targets", ["TimeSeries"]),
        instrumented("Exposition", ["TimeSeries", "Targets"]),
        instrumented("Lint", ["Targets"]),
        instrumented("YAML", ["CYAML"]),
        instrumented("Rules", ["TimeSeries", "PromQL", "YAML", "Lint", "Targets"]),
        instrumented("Records", ["TimeSeries"]),
        instrumented("Alerting", ["TimeSeries", "PromQL", "Records"]),
        instrumented("Documents", ["CMarkGFM"]),
        instrumented("Checklist", ["TimeSeries", "PromQL", "Targets", "Documents"]),
        instrumented("TOML", ["CTOML"]),
        instrumented(
            "Configuration",
            ["TOML", "TimeSeries", "PromQL", "Rules", "Alerting", "Checklist", "Lint", "Targets"]),
        fuzzer("PromQLParser", ["PromQL", "TimeSeries"], seeds: true),
        fuzzer("ScriptParser", ["PromQL"], seeds: true),
        fuzzer("ChunkDecoder", ["TimeSeries"]),
        fuzzer("ExpositionParser", ["Exposition", "Targets"], seeds: true),
        fuzzer("RuleFile", ["Rules", "Lint"], seeds: true),
        fuzzer("ReportReader", ["Checklist", "TimeSeries"], seeds: true),
        fuzzer("PlanBindings", ["Configuration", "Checklist", "Lint", "TimeSeries"], seeds: true),
    ],
    cxxLanguageStandard: .cxx17
)
