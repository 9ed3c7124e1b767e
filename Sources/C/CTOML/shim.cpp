// toml++ behind a C interface that keeps the position of every key and value.

// toml++ asserts on some texts that are merely wrong (`[[=`). Such an assertion becomes an error of
// the text, in release builds too, where the library would take it for granted instead.
struct Refusal {};
#undef NDEBUG
#define TOML_ASSERT(expression)             \
    do {                                    \
        if (!(expression)) throw Refusal(); \
    } while (false)

#define TOML_HEADER_ONLY 1
#define TOML_EXCEPTIONS 0
#define TOML_ENABLE_WINDOWS_COMPAT 0
// Values within values; a reader recurses this deep.
#define TOML_MAX_NESTED_VALUES 32
#include <toml++/impl/preprocessor.h>
// The tables of characters call a place unreachable that U+01AB outside of a string reaches; "no
// such character" is the answer there.
#undef TOML_UNREACHABLE
#define TOML_UNREACHABLE return false
#include <toml++/impl/forward_declarations.h>
#include <toml++/impl/unicode.h>
#undef TOML_UNREACHABLE
#define TOML_UNREACHABLE __builtin_unreachable()
#include <toml++/toml.h>

#include "include/CTOML.h"

#include <algorithm>
#include <deque>
#include <new>
#include <sstream>
#include <string>
#include <string_view>
#include <vector>

struct CTOMLDocument {
    toml::table root;
    std::vector<CTOMLNode> nodes;
    std::deque<std::string> dates;
    std::string error;
    uint32_t line = 0, column = 0;
};

namespace {

// Parts of one dotted key. The parser and the destructor of its tables recurse once for each.
constexpr int maximumKeyParts = 32;

CTOMLNode described(const toml::node &node, const toml::key *key) {
    CTOMLNode result = {};
    result.line = node.source().begin.line;
    result.column = node.source().begin.column;
    if (key) {
        result.key = key->str().data();
        result.keyLength = key->str().size();
        result.keyLine = key->source().begin.line;
        result.keyColumn = key->source().begin.column;
    }
    return result;
}

void append(CTOMLDocument &document, const toml::node &node, const toml::key *key);

void appendTable(CTOMLDocument &document, CTOMLNode entry, const toml::table &table) {
    entry.kind = CTOMLTable;
    entry.childCount = static_cast<uint32_t>(table.size());
    document.nodes.push_back(entry);
    for (auto &&[key, value] : table) append(document, value, &key);
}

void appendArray(CTOMLDocument &document, CTOMLNode entry, const toml::array &array) {
    entry.kind = CTOMLArray;
    entry.childCount = static_cast<uint32_t>(array.size());
    document.nodes.push_back(entry);
    for (auto &&value : array) append(document, value, nullptr);
}

void setText(CTOMLNode &entry, CTOMLKind kind, std::string_view text) {
    entry.kind = kind;
    entry.text = text.data();
    entry.textLength = text.size();
}

template <typename Date> void setDate(CTOMLDocument &document, CTOMLNode &entry, const Date &date) {
    std::ostringstream stream;
    stream << date;
    setText(entry, CTOMLDate, document.dates.emplace_back(stream.str()));
}

void append(CTOMLDocument &document, const toml::node &node, const toml::key *key) {
    CTOMLNode entry = described(node, key);
    switch (node.type()) {
    case toml::node_type::table: return appendTable(document, entry, *node.as_table());
    case toml::node_type::array: return appendArray(document, entry, *node.as_array());
    case toml::node_type::string: setText(entry, CTOMLString, node.as_string()->get()); break;
    case toml::node_type::integer:
        entry.kind = CTOMLInteger;
        entry.integer = node.as_integer()->get();
        break;
    case toml::node_type::floating_point:
        entry.kind = CTOMLFloat;
        entry.number = node.as_floating_point()->get();
        break;
    case toml::node_type::boolean:
        entry.kind = CTOMLBoolean;
        entry.integer = node.as_boolean()->get();
        break;
    case toml::node_type::date: setDate(document, entry, node.as_date()->get()); break;
    case toml::node_type::time: setDate(document, entry, node.as_time()->get()); break;
    case toml::node_type::date_time: setDate(document, entry, node.as_date_time()->get()); break;
    case toml::node_type::none: setText(entry, CTOMLString, ""); break;
    }
    document.nodes.push_back(entry);
}

// The first place past a quoted string that opens at `start`.
size_t afterString(std::string_view text, size_t start) {
    const char quote = text[start];
    const std::string triple(3, quote);
    const bool isMultiline = text.substr(start, 3) == triple;
    size_t at = start + (isMultiline ? 3 : 1);
    while (at < text.size()) {
        if (text[at] == '\\' && quote == '"') {
            at += 2;
        } else if (isMultiline && text.substr(at, 3) == triple) {
            at += 3;
            for (int extra = 0; extra < 2 && at < text.size() && text[at] == quote; ++extra) ++at;
            return at;
        } else if (!isMultiline && (text[at] == quote || text[at] == '\n')) {
            return at + 1;
        } else {
            ++at;
        }
    }
    return text.size();
}

// Finds a dotted key with more than `maximumKeyParts` parts; its line, or 0.
uint32_t lineOfOverlongKey(std::string_view text) {
    int dots = 0;
    size_t overlong = std::string_view::npos;
    for (size_t at = 0; at < text.size() && overlong == std::string_view::npos;) {
        const char character = text[at];
        if (character == '"' || character == '\'') {
            at = afterString(text, at);
            continue;
        }
        if (character == '#') {
            at = std::min(text.find('\n', at), text.size());
            continue;
        }
        if (character == '.') {
            if (++dots >= maximumKeyParts) overlong = at;
        } else if (std::string_view("\n=,[]{}").find(character) != std::string_view::npos) {
            dots = 0;
        }
        ++at;
    }
    if (overlong == std::string_view::npos) return 0;
    return 1 + static_cast<uint32_t>(std::count(text.begin(), text.begin() + overlong, '\n'));
}

void fail(CTOMLDocument &document, std::string_view error, uint32_t line, uint32_t column) {
    document.error = std::string(error);
    document.line = line;
    document.column = column;
}

bool isRefused(std::string_view text) {
    try {
        (void)toml::parse(text);
        return false;
    } catch (const Refusal &) {
        return true;
    }
}

// The first line with which the text is refused. The parser goes forward, so that a refused text
// stays refused when more follows.
uint32_t lineOfRefusal(std::string_view text) {
    std::vector<size_t> ends;
    for (size_t at = text.find('\n'); at != std::string_view::npos; at = text.find('\n', at + 1))
        ends.push_back(at + 1);
    const auto end = std::partition_point(
        ends.begin(), ends.end(), [&](size_t end) { return !isRefused(text.substr(0, end)); });
    return 1 + static_cast<uint32_t>(end - ends.begin());
}

void parse(CTOMLDocument &document, std::string_view text) {
    if (uint32_t line = lineOfOverlongKey(text))
        return fail(document, "a dotted key has more than 32 parts", line, 1);
    toml::parse_result result = toml::parse(text);
    if (!result) {
        const toml::source_position at = result.error().source().begin;
        return fail(document, result.error().description(), at.line, at.column);
    }
    document.root = std::move(result).table();
    append(document, document.root, nullptr);
}

}  // namespace

extern "C" CTOMLDocument *ctoml_parse(const char *text, size_t length) {
    auto *document = new (std::nothrow) CTOMLDocument();
    if (!document) return nullptr;
    const std::string_view view(text, length);
    try {
        parse(*document, view);
    } catch (const Refusal &) {
        fail(*document, "this is not TOML", lineOfRefusal(view), 1);
    }
    return document;
}

extern "C" void ctoml_free(CTOMLDocument *document) { delete document; }

extern "C" const CTOMLNode *ctoml_nodes(const CTOMLDocument *document, size_t *count) {
    *count = document->nodes.size();
    return document->nodes.data();
}

extern "C" const char *ctoml_error(
    const CTOMLDocument *document, uint32_t *line, uint32_t *column) {
    if (document->error.empty()) return nullptr;
    *line = document->line;
    *column = document->column;
    return document->error.c_str();
}
