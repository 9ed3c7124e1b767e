#include "CRE2.h"

#include <re2/re2.h>

#include <algorithm>
#include <cstring>
#include <new>
#include <string>
#include <vector>

struct cre2_pattern {
    RE2 re;
    cre2_pattern(const re2::StringPiece &text, const RE2::Options &options) : re(text, options) {}
};

static void report(const std::string &reason, char *error, size_t capacity) {
    if (capacity == 0) return;
    const size_t length = std::min(reason.size(), capacity - 1);
    std::memcpy(error, reason.data(), length);
    error[length] = '\0';
}

extern "C" cre2_pattern *cre2_compile(
    const char *text, size_t length, int64_t maxMemory, char *error, size_t capacity) {
    try {
        RE2::Options options;
        options.set_log_errors(false);
        options.set_dot_nl(true);
        options.set_max_mem(maxMemory);
        auto *pattern = new cre2_pattern(re2::StringPiece(text, length), options);
        if (pattern->re.ok()) return pattern;
        report(pattern->re.error(), error, capacity);
        delete pattern;
    } catch (const std::bad_alloc &) {
        report("out of memory", error, capacity);
    }
    return nullptr;
}

extern "C" void cre2_free(cre2_pattern *pattern) { delete pattern; }

extern "C" int32_t cre2_group_count(const cre2_pattern *pattern) {
    return pattern->re.NumberOfCapturingGroups();
}

extern "C" int32_t cre2_group_named(const cre2_pattern *pattern, const char *name, size_t length) {
    const auto &groups = pattern->re.NamedCapturingGroups();
    const auto found = groups.find(std::string(name, length));
    return found == groups.end() ? -1 : found->second;
}

extern "C" bool cre2_matches_whole(const cre2_pattern *pattern, const char *text, size_t length) {
    return pattern->re.Match(
        re2::StringPiece(text, length), 0, length, RE2::ANCHOR_BOTH, nullptr, 0);
}

extern "C" bool cre2_is_found(const cre2_pattern *pattern, const char *text, size_t length) {
    return pattern->re.Match(
        re2::StringPiece(text, length), 0, length, RE2::UNANCHORED, nullptr, 0);
}

static void write(
    const std::vector<re2::StringPiece> &groups, const char *text, int64_t *spans) {
    for (size_t index = 0; index < groups.size(); index++) {
        const auto &group = groups[index];
        spans[2 * index] = group.data() ? group.data() - text : -1;
        spans[2 * index + 1] = group.data() ? group.data() - text + group.size() : -1;
    }
}

extern "C" bool cre2_capture(
    const cre2_pattern *pattern, const char *text, size_t length, int64_t *spans, size_t pairs) {
    std::vector<re2::StringPiece> groups(pairs);
    const re2::StringPiece whole(text, length);
    if (!pattern->re.Match(
            whole, 0, length, RE2::ANCHOR_BOTH, groups.data(), static_cast<int>(pairs)))
        return false;
    write(groups, text, spans);
    return true;
}

extern "C" bool cre2_find(
    const cre2_pattern *pattern, const char *text, size_t length, size_t start, int64_t *spans,
    size_t pairs) {
    std::vector<re2::StringPiece> groups(pairs);
    const re2::StringPiece whole(text, length);
    if (!pattern->re.Match(
            whole, start, length, RE2::UNANCHORED, groups.data(), static_cast<int>(pairs)))
        return false;
    write(groups, text, spans);
    return true;
}
