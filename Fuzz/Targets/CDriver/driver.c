#include "driver.h"

#include <stddef.h>
#include <stdint.h>

// The package manager wants an entry of each program's own, where libFuzzer would bring `main`.
int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t count);
int LLVMFuzzerRunDriver(
    int *count, char ***arguments, int (*test)(const uint8_t *bytes, size_t count));

int run_fuzzer(int count, char **arguments) {
    return LLVMFuzzerRunDriver(&count, &arguments, LLVMFuzzerTestOneInput);
}
