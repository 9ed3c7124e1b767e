#pragma once

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

// A parsed TOML document as one flat array in pre-order: a node, then its children.

typedef enum {
    CTOMLTable = 0,
    CTOMLArray = 1,
    CTOMLString = 2,
    CTOMLInteger = 3,
    CTOMLFloat = 4,
    CTOMLBoolean = 5,
    // A date, a time or both, as text.
    CTOMLDate = 6,
} CTOMLKind;

// Text is UTF-8 without a terminator and lives as long as its document. Lines and columns count
// from 1, columns in Unicode scalars; 0 where there is no key.
typedef struct {
    CTOMLKind kind;
    uint32_t childCount;
    uint32_t line, column;
    uint32_t keyLine, keyColumn;
    const char *key;
    size_t keyLength;
    const char *text;
    size_t textLength;
    int64_t integer;
    double number;
} CTOMLNode;

typedef struct CTOMLDocument CTOMLDocument;

// Never null unless memory is exhausted. Free with ctoml_free.
CTOMLDocument *ctoml_parse(const char *text, size_t length);
void ctoml_free(CTOMLDocument *document);

// The nodes, the root table first; count is 0 when the text is not TOML.
const CTOMLNode *ctoml_nodes(const CTOMLDocument *document, size_t *count);

// What is wrong with the text and where; null when nothing is.
const char *ctoml_error(const CTOMLDocument *document, uint32_t *line, uint32_t *column);

#ifdef __cplusplus
}
#endif
