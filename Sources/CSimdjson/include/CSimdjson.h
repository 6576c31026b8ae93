/// Rows of JSON text as typed cells, column by column.
///
/// simdjson finds the structure of the text and checks its UTF-8 (its first stage, chosen for the
/// processor at run time); what is here walks that structure once. Nothing throws or aborts.
#pragma once
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/// The longest row in bytes.
#define ASSAY_JSON_ROW_LIMIT (64u << 20)
/// How deep values nest; the object that is the row counts as one.
#define ASSAY_JSON_DEPTH_LIMIT 512u

/// Why a block was refused.
typedef enum assay_json_fault : uint32_t {
  ASSAY_JSON_OK,
  ASSAY_JSON_NO_MEMORY,
  ASSAY_JSON_INVALID_UTF8,
  ASSAY_JSON_CONTROL_CHARACTER,
  ASSAY_JSON_UNCLOSED_STRING,
  ASSAY_JSON_INVALID_ESCAPE,
  ASSAY_JSON_LONE_SURROGATE,
  ASSAY_JSON_NOT_AN_OBJECT,
  ASSAY_JSON_TRUNCATED_ROW,
  ASSAY_JSON_TRAILING_TEXT,
  ASSAY_JSON_EXPECTED_KEY,
  ASSAY_JSON_EXPECTED_COLON,
  ASSAY_JSON_EXPECTED_VALUE,
  ASSAY_JSON_EXPECTED_COMMA,
  ASSAY_JSON_INVALID_NUMBER,
  ASSAY_JSON_NOT_FINITE,
  ASSAY_JSON_DUPLICATE_KEY,
  ASSAY_JSON_EMPTY_KEY,
  ASSAY_JSON_TOO_DEEP,
  ASSAY_JSON_TOO_MANY_COLUMNS,
  ASSAY_JSON_ROW_TOO_LONG,
} assay_json_fault;

/// What a cell holds in its `bits`.
typedef enum assay_json_kind : uint32_t {
  /// 0 or 1.
  ASSAY_JSON_BOOL,
  /// The bits of an int64.
  ASSAY_JSON_INTEGER,
  /// The bits of a double.
  ASSAY_JSON_NUMBER,
  /// A string as it stands in the block: offset in the low half, length in the high half.
  ASSAY_JSON_STRING,
  /// A string that had escapes: offset and length in the parser's text.
  ASSAY_JSON_UNESCAPED,
  /// Compact JSON of an array, an object or an oversized number, in the parser's text.
  ASSAY_JSON_NESTED,
} assay_json_kind;

/// Bits of `assay_json_column.met`: what the cells of a column are.
enum {
  ASSAY_JSON_MET_BOOL = 1,
  /// An integer of at most 2^53.
  ASSAY_JSON_MET_INTEGER = 2,
  /// An int64 that a double may not hold.
  ASSAY_JSON_MET_WIDE_INTEGER = 4,
  ASSAY_JSON_MET_NUMBER = 8,
  ASSAY_JSON_MET_STRING = 16,
  ASSAY_JSON_MET_NESTED = 32,
  /// An integer beyond int64 (kept as NESTED).
  ASSAY_JSON_MET_BEYOND_INT64 = 64,
  /// A number beyond float64 (kept as NESTED).
  ASSAY_JSON_MET_BEYOND_FLOAT64 = 128,
};

/// One value that is not null.
typedef struct assay_json_cell {
  /// From 0 within the parse.
  uint32_t row;
  assay_json_kind kind;
  uint64_t bits;
} assay_json_cell;

/// A NUMBER that its double does not stand for, as it is written.
typedef struct assay_json_exact {
  uint32_t row;
  /// Where it stands in the parser's text.
  size_t offset, length;
} assay_json_exact;

/// The cells of one column in row order; valid until the parser parses again.
typedef struct assay_json_column {
  const uint8_t *name;
  size_t name_length;
  const assay_json_cell *cells;
  size_t cell_count;
  /// What UNESCAPED and NESTED cells point into.
  const uint8_t *text;
  /// Bytes of all strings and nested values.
  size_t text_bytes;
  uint32_t met;
  /// Where in the block the column was first met, and in which row, from 0.
  size_t first_offset;
  uint32_t first_row;
  /// Where the first number beyond int64 or float64 stands; 0 when there is none.
  size_t beyond_offset;
  /// In row order; where the first of them stands in the block.
  const assay_json_exact *exacts;
  size_t exact_count, exact_offset;
} assay_json_column;

/// What a parse found; valid until the parser parses again.
typedef struct assay_json_result {
  assay_json_fault fault;
  /// Where in the block the fault is.
  size_t fault_offset;
  size_t row_count;
  /// How many line feeds stand before each row, from the start of the parsed bytes.
  const uint32_t *row_lines;
  /// How many line feeds were parsed.
  uint32_t line_count;
  size_t column_count;
} assay_json_result;

/// How rows are separated.
typedef enum assay_json_layout : uint32_t {
  /// One object a line.
  ASSAY_JSON_LINES,
  /// Objects with commas between.
  ASSAY_JSON_ELEMENTS,
  /// One object only, over any number of lines.
  ASSAY_JSON_SINGLE,
} assay_json_layout;

/// Memory that parses reuse. One thread at a time.
typedef struct assay_json_parser assay_json_parser;

/// A parser; null when memory is short.
assay_json_parser *assay_json_parser_new(void);
void assay_json_parser_free(assay_json_parser *parser);

/// Parses the rows in `block[start..<end]`. `column_limit` is the most columns a row may have.
assay_json_result assay_json_parse(assay_json_parser *parser, const uint8_t *block, size_t start,
                                   size_t end, assay_json_layout layout, size_t column_limit);

/// Column `index` of the last parse, in order of first appearance.
assay_json_column assay_json_parser_column(const assay_json_parser *parser, size_t index);

/// Finds where the elements of an array end, over bytes that arrive in pieces. Starts as zeros.
typedef struct assay_json_cutter {
  uint32_t depth;
  uint32_t in_string;
  uint32_t escaped;
} assay_json_cutter;

/// The first offset in `block[start..<end]` that is at least `least` and holds a comma between two
/// elements, or the first that closes the array; `end` when there is neither.
size_t assay_json_cut(assay_json_cutter *cutter, const uint8_t *block, size_t start, size_t end,
                      size_t least);

/// The most bytes that `assay_json_number_text` writes.
#define ASSAY_JSON_NUMBER_LENGTH 32

/// Writes the shortest decimal that reads back as `value`, which is finite, and returns its length.
/// Whole numbers end in `.0`; the form is the one Swift's `description` has.
size_t assay_json_number_text(double value, uint8_t *text);

/// Whether `value`, the double nearest to the JSON number that `text` is, is written otherwise to as
/// many digits, so that it does not stand for the number: 1 or 0.
int assay_json_is_rounded(const uint8_t *text, size_t length, double value);

/// Writes the decimal of `value` and returns its length.
size_t assay_json_integer_text(int64_t value, uint8_t *text);

/// Writes `length` bytes as the inside of a JSON string with the escapes of RFC 8785 and returns
/// how many were written; `target` has room for `length` and `assay_json_escape_growth` more.
size_t assay_json_escape(const uint8_t *source, size_t length, uint8_t *target);

/// The most bytes that escapes add to `length` bytes; 0 only when there are none.
size_t assay_json_escape_growth(const uint8_t *source, size_t length);

#ifdef __cplusplus
}
#endif
