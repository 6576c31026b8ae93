// A walk over the structure that simdjson's first stage finds, sorting values into columns.
//
// The first stage lists where each bracket, comma, colon, string and other scalar begins, and has
// checked UTF-8 and that strings are closed and hold no control characters. The walk goes from one
// of these places to the next, so every fault has an exact offset, and text without escapes is
// never copied: cells point into the block. rows.cpp walks rows and keys, values.cpp what they
// hold.
#pragma once
#include <simdjson.h>

#include <algorithm>
#include <cstring>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "CSimdjson.h"

namespace assay {

// Columns outlive blocks, so that names need no new look.
struct Column {
  std::string name;
  // The name as the source spells it, between its quotes.
  std::string raw;
  std::vector<assay_json_cell> cells;
  size_t text_bytes = 0;
  uint32_t met = 0;
  // The last row that has the column, from 1, to find duplicate keys; 0 when no row has.
  uint32_t last_row = 0;
  std::vector<assay_json_exact> exacts;
  size_t first_offset = 0, beyond_offset = 0, exact_offset = 0;
  uint32_t first_row = 0;
};

// A key of a nested object: where it stands in the parser's text and in the block.
struct Key {
  size_t offset, length, source;
};

struct Number {
  enum Type { integer, number, beyond_int64, beyond_float64 } type;
  size_t end;
  int64_t whole;
  double value;
  // Whether the double does not stand for the number.
  bool is_rounded;
};

inline bool is_space(uint8_t byte) {
  return byte == ' ' || byte == '\t' || byte == '\n' || byte == '\r';
}

// Where the first quote, backslash or byte below 0x20 is, at or after `start`; else `length`.
size_t next_escape(const uint8_t *source, size_t start, size_t length);

}  // namespace assay

struct assay_json_parser {
  std::unique_ptr<simdjson::internal::dom_parser_implementation> stage;
  size_t stage_capacity = 0;
  std::vector<assay::Column> columns;
  std::unordered_map<std::string, uint32_t> names;
  // The columns in the order this block met them.
  std::vector<uint32_t> met;
  // The columns of the row before: rows mostly repeat the keys of the row before them.
  std::vector<uint32_t> order;
  std::vector<uint32_t> row_lines;
  std::string text, unescaped;
  std::vector<assay::Key> keys;

  const uint8_t *block = nullptr;
  // Where the window begins; places of structure count from there.
  size_t base = 0;
  const uint32_t *places = nullptr;
  // The place at hand, and where the row's text ends.
  size_t next = 0, limit = 0;
  uint32_t lines = 0;
  size_t column_limit = 0;
  // Whether the text is one object.
  bool is_single = false;
  assay_json_fault fault = ASSAY_JSON_OK;
  size_t fault_offset = 0;

  bool fail(assay_json_fault why, size_t offset) {
    fault = why;
    fault_offset = offset;
    return false;
  }

  size_t here() const { return std::min(base + places[next], limit); }

  // The byte of structure at hand; 0 at the end of the row's text.
  uint8_t peek() const {
    size_t place = base + places[next];
    return place < limit ? block[place] : 0;
  }

  bool expected(assay_json_fault why) {
    return here() >= limit ? fail(ASSAY_JSON_TRUNCATED_ROW, limit) : fail(why, here());
  }

  bool contains_escape(size_t start, size_t end) const {
    return std::memchr(block + start, '\\', end - start) != nullptr;
  }

  void reset();
  bool parse(size_t start, size_t end, assay_json_layout layout);
  bool window(size_t start, size_t end, bool is_array);
  bool lines_of_window(size_t start, size_t end);
  bool elements_of_window(size_t start, size_t end);
  bool row();
  bool meet(uint32_t id, size_t place);
  bool find_column(size_t place, uint32_t &id);
  bool classify(size_t start, size_t end);

  bool value(assay::Column &column);
  bool string_end(size_t place, size_t &end);
  bool unescape(size_t start, size_t end, std::string &target);
  bool escaped_scalar(size_t &next, size_t end, uint32_t &scalar);
  bool word(std::string_view word);
  bool number(assay::Number &result);
  bool bad_number(size_t place);
  bool nested(unsigned depth);
  bool nested_object(unsigned depth);
  bool nested_array(unsigned depth);
  bool nested_string();
  bool nested_number();
  bool reject_duplicates(size_t first);
  bool add_number(assay::Column &column);

  void add(assay::Column &column, assay_json_kind kind, uint32_t type, uint64_t bits) {
    column.met |= type;
    column.cells.push_back({static_cast<uint32_t>(row_lines.size() - 1), kind, bits});
  }

  void add_text(assay::Column &column, assay_json_kind kind, uint32_t type, size_t start,
                size_t end) {
    column.text_bytes += end - start;
    add(column, kind, type, static_cast<uint64_t>(end - start) << 32 | start);
  }
};
