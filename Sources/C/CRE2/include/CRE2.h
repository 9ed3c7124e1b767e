#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct cre2_pattern cre2_pattern;

/// Compiles UTF-8 text as RE2 syntax in which "." also matches a line break. On failure returns
/// NULL and writes a NUL-terminated reason of at most `capacity` bytes into `error`.
cre2_pattern *_Nullable cre2_compile(
    const char *_Nonnull text, size_t length, int64_t maxMemory,
    char *_Nonnull error, size_t capacity);
void cre2_free(cre2_pattern *_Nullable pattern);

/// The number of capturing groups, the whole match not counted.
int32_t cre2_group_count(const cre2_pattern *_Nonnull pattern);
/// The number of the named group, -1 when there is none.
int32_t cre2_group_named(
    const cre2_pattern *_Nonnull pattern, const char *_Nonnull name, size_t length);

bool cre2_matches_whole(
    const cre2_pattern *_Nonnull pattern, const char *_Nonnull text, size_t length);
bool cre2_is_found(
    const cre2_pattern *_Nonnull pattern, const char *_Nonnull text, size_t length);
/// Finds the first match that begins at `start` or later, and writes spans as cre2_capture does.
bool cre2_find(
    const cre2_pattern *_Nonnull pattern, const char *_Nonnull text, size_t length, size_t start,
    int64_t *_Nonnull spans, size_t pairs);
/// Matches the whole text and writes (start, end) byte offsets for the match and each group, up to
/// `pairs` of them; -1, -1 for a group that took no part.
bool cre2_capture(
    const cre2_pattern *_Nonnull pattern, const char *_Nonnull text, size_t length,
    int64_t *_Nonnull spans, size_t pairs);

#ifdef __cplusplus
}
#endif
