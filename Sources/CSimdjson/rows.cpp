// Blocks, rows and keys.
#include <new>

#include "parser.h"

using namespace assay;

namespace {

// Windows small enough that the text and its structure stay in the second-level cache.
constexpr size_t window_size = 256 << 10;

const uint8_t *find(const uint8_t *start, const uint8_t *end, uint8_t byte) {
  return static_cast<const uint8_t *>(
      std::memchr(start, byte, static_cast<size_t>(end - start)));
}

uint32_t count_lines(const uint8_t *start, const uint8_t *end) {
  return static_cast<uint32_t>(std::count(start, end, '\n'));
}

// The first byte that is not part of well-formed UTF-8 (Unicode, table 3-7).
const uint8_t *first_invalid(const uint8_t *next, const uint8_t *end) {
  while (next < end) {
    uint8_t lead = *next;
    if (lead < 0x80) {
      next++;
      continue;
    }
    int following = lead >= 0xF0 ? 3 : lead >= 0xE0 ? 2 : 1;
    if (lead < 0xC2 || lead > 0xF4 || end - next <= following) return next;
    uint8_t least = lead == 0xE0 ? 0xA0 : lead == 0xF0 ? 0x90 : 0x80;
    uint8_t most = lead == 0xED ? 0x9F : lead == 0xF4 ? 0x8F : 0xBF;
    for (int index = 1; index <= following; index++) {
      if (next[index] < least || next[index] > most) return next;
      least = 0x80;
      most = 0xBF;
    }
    next += following + 1;
  }
  return nullptr;
}

}  // namespace

void assay_json_parser::reset() {
  for (uint32_t id : met) {
    Column &column = columns[id];
    column.cells.clear();
    column.exacts.clear();
    column.text_bytes = 0;
    column.met = column.last_row = 0;
    column.first_offset = column.beyond_offset = column.exact_offset = 0;
  }
  met.clear();
  row_lines.clear();
  text.clear();
  keys.clear();
  lines = 0;
  fault = ASSAY_JSON_OK;
  fault_offset = 0;
}

bool assay_json_parser::parse(size_t start, size_t end, assay_json_layout layout) {
  is_single = layout == ASSAY_JSON_SINGLE;
  if (layout != ASSAY_JSON_LINES) return window(start, end, true);
  while (start < end) {
    size_t stop = end;
    if (end - start > window_size) {
      const uint8_t *feed = find(block + start + window_size, block + end, '\n');
      if (feed != nullptr) stop = static_cast<size_t>(feed + 1 - block);
    }
    if (!window(start, stop, false)) return false;
    start = stop;
  }
  return true;
}

bool assay_json_parser::window(size_t start, size_t end, bool is_array) {
  size_t length = end - start;
  if (length == 0) return fail(ASSAY_JSON_NOT_AN_OBJECT, start);
  if (length > stage_capacity) {
    size_t capacity = std::max(length, window_size * 2);
    auto error = stage == nullptr
                     ? simdjson::get_active_implementation()->create_dom_parser_implementation(
                           capacity, ASSAY_JSON_DEPTH_LIMIT, stage)
                     : stage->set_capacity(capacity);
    stage_capacity = error == simdjson::SUCCESS ? capacity : 0;
    if (error != simdjson::SUCCESS) return fail(ASSAY_JSON_NO_MEMORY, start);
  }
  auto error = stage->stage1(block + start, length, simdjson::stage1_mode::regular);
  base = start;
  next = 0;
  places = stage->structural_indexes.get();
  if (error == simdjson::SUCCESS) {
    return is_array ? elements_of_window(start, end) : lines_of_window(start, end);
  }
  if (error == simdjson::EMPTY) {
    if (is_array) return fail(ASSAY_JSON_NOT_AN_OBJECT, start);
    lines += count_lines(block + start, block + end);
    return true;
  }
  const uint8_t *feed = is_array ? nullptr : find(block + start, block + end, '\n');
  if (feed == nullptr || feed + 1 == block + end) return classify(start, end);
  // The first stage says that there is a fault but not where; alone, the faulty line tells.
  for (const uint8_t *line = block + start; line < block + end;) {
    feed = find(line, block + end, '\n');
    const uint8_t *stop = feed == nullptr ? block + end : feed + 1;
    if (!window(static_cast<size_t>(line - block), static_cast<size_t>(stop - block), false)) {
      return false;
    }
    line = stop;
  }
  return true;
}

// Finds the fault that made the first stage refuse a row.
bool assay_json_parser::classify(size_t start, size_t end) {
  const uint8_t *invalid = first_invalid(block + start, block + end);
  size_t stop = invalid == nullptr ? end : static_cast<size_t>(invalid - block);
  // A line feed ends the row: it is what an unclosed string runs into.
  if (stop > start && block[stop - 1] == '\n') stop--;
  bool in_string = false;
  size_t quote = start;
  for (size_t place = start; place < stop; place++) {
    if (block[place] == '\\') {
      place++;
    } else if (block[place] == '"') {
      in_string = !in_string;
      quote = place;
    } else if (in_string && block[place] < 0x20) {
      return fail(ASSAY_JSON_CONTROL_CHARACTER, place);
    }
  }
  if (invalid != nullptr) return fail(ASSAY_JSON_INVALID_UTF8, stop);
  return fail(in_string ? ASSAY_JSON_UNCLOSED_STRING : ASSAY_JSON_EXPECTED_VALUE, quote);
}

bool assay_json_parser::lines_of_window(size_t start, size_t end) {
  while (start < end) {
    const uint8_t *feed = find(block + start, block + end, '\n');
    size_t stop = feed == nullptr ? end : static_cast<size_t>(feed - block);
    limit = stop;
    if (stop - start > ASSAY_JSON_ROW_LIMIT) return fail(ASSAY_JSON_ROW_TOO_LONG, start);
    if (here() < stop) {
      if (!row()) return false;
      if (here() < stop) return fail(ASSAY_JSON_TRAILING_TEXT, here());
    }
    if (feed != nullptr) lines++;
    start = stop + 1;
  }
  return true;
}

bool assay_json_parser::elements_of_window(size_t start, size_t end) {
  limit = end;
  const uint8_t *counted = block + start;
  while (true) {
    size_t place = here();
    lines += count_lines(counted, block + place);
    counted = block + place;
    if (!row()) return false;
    if (here() - place > ASSAY_JSON_ROW_LIMIT) return fail(ASSAY_JSON_ROW_TOO_LONG, place);
    if (here() >= end) break;
    if (is_single) return fail(ASSAY_JSON_TRAILING_TEXT, here());
    if (peek() != ',') return fail(ASSAY_JSON_EXPECTED_COMMA, here());
    next++;
  }
  lines += count_lines(counted, block + end);
  return true;
}

bool assay_json_parser::row() {
  if (peek() != '{') return fail(ASSAY_JSON_NOT_AN_OBJECT, here());
  row_lines.push_back(lines);
  next++;
  if (peek() == '}') {
    next++;
    return true;
  }
  for (size_t index = 0;; index++) {
    if (peek() != '"') return expected(ASSAY_JSON_EXPECTED_KEY);
    size_t place = here();
    uint32_t id = index < order.size() ? order[index] : UINT32_MAX;
    bool is_predicted = false;
    if (id != UINT32_MAX) {
      const std::string &raw = columns[id].raw;
      is_predicted = place + 1 + raw.size() < limit && block[place + 1 + raw.size()] == '"' &&
                     std::memcmp(block + place + 1, raw.data(), raw.size()) == 0;
    }
    if (!is_predicted) {
      if (!find_column(place, id)) return false;
      if (index >= order.size()) order.push_back(id);
      order[index] = id;
    }
    if (!meet(id, place)) return false;
    next++;
    if (peek() != ':') return expected(ASSAY_JSON_EXPECTED_COLON);
    next++;
    if (!value(columns[id])) return false;
    uint8_t after = peek();
    if (after != ',' && after != '}') return expected(ASSAY_JSON_EXPECTED_COMMA);
    next++;
    if (after == '}') return true;
  }
}

bool assay_json_parser::meet(uint32_t id, size_t place) {
  Column &column = columns[id];
  uint32_t row = static_cast<uint32_t>(row_lines.size());
  if (column.last_row == row) return fail(ASSAY_JSON_DUPLICATE_KEY, place);
  if (column.last_row == 0) {
    if (met.size() == column_limit) return fail(ASSAY_JSON_TOO_MANY_COLUMNS, place);
    met.push_back(id);
    column.first_offset = place;
    column.first_row = row - 1;
  }
  column.last_row = row;
  return true;
}

bool assay_json_parser::find_column(size_t place, uint32_t &id) {
  size_t end;
  if (!string_end(place, end)) return false;
  unescaped.clear();
  if (!unescape(place + 1, end, unescaped)) return false;
  if (unescaped.empty()) return fail(ASSAY_JSON_EMPTY_KEY, place);
  auto known = names.find(unescaped);
  if (known != names.end()) {
    id = known->second;
    return true;
  }
  id = static_cast<uint32_t>(columns.size());
  Column column;
  column.name = unescaped;
  column.raw.assign(reinterpret_cast<const char *>(block) + place + 1, end - place - 1);
  columns.push_back(std::move(column));
  names.emplace(unescaped, id);
  return true;
}

assay_json_parser *assay_json_parser_new(void) { return new (std::nothrow) assay_json_parser; }

void assay_json_parser_free(assay_json_parser *parser) { delete parser; }

assay_json_result assay_json_parse(assay_json_parser *parser, const uint8_t *block, size_t start,
                                   size_t end, assay_json_layout layout, size_t column_limit) {
  parser->reset();
  parser->block = block;
  parser->column_limit = column_limit;
  try {
    parser->parse(start, end, layout);
  } catch (const std::exception &) {
    parser->fail(ASSAY_JSON_NO_MEMORY, start);
  }
  return {parser->fault, parser->fault_offset, parser->row_lines.size(), parser->row_lines.data(),
          parser->lines, parser->met.size()};
}

assay_json_column assay_json_parser_column(const assay_json_parser *parser, size_t index) {
  const Column &column = parser->columns[parser->met[index]];
  return {reinterpret_cast<const uint8_t *>(column.name.data()), column.name.size(),
          column.cells.data(), column.cells.size(),
          reinterpret_cast<const uint8_t *>(parser->text.data()), column.text_bytes, column.met,
          column.first_offset, column.first_row, column.beyond_offset, column.exacts.data(),
          column.exacts.size(), column.exact_offset};
}

size_t assay_json_cut(assay_json_cutter *cutter, const uint8_t *block, size_t start, size_t end,
                      size_t least) {
  assay_json_cutter state = *cutter;
  size_t place = start;
  for (; place < end; place++) {
    if (state.in_string && !state.escaped) {
      place = next_escape(block, place, end);
      if (place == end) break;
    }
    uint8_t byte = block[place];
    if (state.escaped) {
      state.escaped = 0;
    } else if (state.in_string) {
      if (byte == '"') state.in_string = 0;
      if (byte == '\\') state.escaped = 1;
    } else if (byte == '"') {
      state.in_string = 1;
    } else if (byte == '{' || byte == '[') {
      state.depth++;
    } else if (byte == '}' || byte == ']') {
      if (state.depth == 0) break;
      state.depth--;
    } else if (byte == ',' && state.depth == 0 && place >= least) {
      break;
    }
  }
  *cutter = state;
  return place;
}
