#pragma once

/// Feeds inputs to `LLVMFuzzerTestOneInput` as the arguments say, and gives the exit code.
int run_fuzzer(int count, char **arguments);
