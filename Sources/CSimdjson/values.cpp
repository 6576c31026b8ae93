// What keys hold: strings, numbers and nested values.
#include <charconv>
#include <cmath>
#include <cstdlib>

#include "parser.h"

using namespace assay;

namespace {

bool is_digit(uint8_t byte) { return byte >= '0' && byte <= '9'; }

bool ends_scalar(uint8_t byte) {
  return is_space(byte) || byte == ',' || byte == '}' || byte == ']' || byte == ':';
}

int hex_digit(uint8_t byte) {
  if (is_digit(byte)) return byte - '0';
  uint8_t lower = byte | 0x20;
  return lower >= 'a' && lower <= 'f' ? lower - 'a' + 10 : -1;
}

void append_utf8(std::string &text, uint32_t scalar) {
  auto put = [&](uint32_t byte) { text.push_back(static_cast<char>(byte)); };
  if (scalar < 0x80) {
    put(scalar);
    return;
  }
  if (scalar < 0x800) {
    put(0xC0 | scalar >> 6);
  } else {
    if (scalar < 0x10000) {
      put(0xE0 | scalar >> 12);
    } else {
      put(0xF0 | scalar >> 18);
      put(0x80 | (scalar >> 12 & 63));
    }
    put(0x80 | (scalar >> 6 & 63));
  }
  put(0x80 | (scalar & 63));
}

// Four hexadecimal digits at `place`; -1 when there are not four before `end`.
int32_t code_unit(const uint8_t *block, size_t place, size_t end) {
  if (end - place < 4) return -1;
  int32_t unit = 0;
  for (size_t index = place; index < place + 4; index++) {
    int digit = hex_digit(block[index]);
    if (digit < 0) return -1;
    unit = unit << 4 | digit;
  }
  return unit;
}

}  // namespace

bool assay_json_parser::value(Column &column) {
  size_t place = here();
  switch (peek()) {
    case '"': {
      size_t end;
      if (!string_end(place, end)) return false;
      if (contains_escape(place + 1, end)) {
        size_t start = text.size();
        if (!unescape(place + 1, end, text)) return false;
        add_text(column, ASSAY_JSON_UNESCAPED, ASSAY_JSON_MET_STRING, start, text.size());
      } else {
        add_text(column, ASSAY_JSON_STRING, ASSAY_JSON_MET_STRING, place + 1, end);
      }
      next++;
      return true;
    }
    case '{':
    case '[': {
      size_t start = text.size();
      if (!nested(2)) return false;
      add_text(column, ASSAY_JSON_NESTED, ASSAY_JSON_MET_NESTED, start, text.size());
      return true;
    }
    case 't':
      if (!word("true")) return false;
      add(column, ASSAY_JSON_BOOL, ASSAY_JSON_MET_BOOL, 1);
      return true;
    case 'f':
      if (!word("false")) return false;
      add(column, ASSAY_JSON_BOOL, ASSAY_JSON_MET_BOOL, 0);
      return true;
    case 'n':
      return word("null");
    default:
      return add_number(column);
  }
}

bool assay_json_parser::add_number(Column &column) {
  size_t place = here();
  Number found;
  if (!number(found)) return false;
  uint64_t bits;
  switch (found.type) {
    case Number::integer: {
      bool is_wide = found.whole > (1LL << 53) || found.whole < -(1LL << 53);
      add(column, ASSAY_JSON_INTEGER,
          is_wide ? ASSAY_JSON_MET_WIDE_INTEGER : ASSAY_JSON_MET_INTEGER,
          static_cast<uint64_t>(found.whole));
      return true;
    }
    case Number::number:
      std::memcpy(&bits, &found.value, sizeof bits);
      if (found.is_rounded) {
        if (column.exacts.empty()) column.exact_offset = place;
        size_t length = found.end - place;
        column.exacts.push_back(
            {static_cast<uint32_t>(row_lines.size() - 1), text.size(), length});
        text.append(reinterpret_cast<const char *>(block) + place, length);
      }
      add(column, ASSAY_JSON_NUMBER, ASSAY_JSON_MET_NUMBER, bits);
      return true;
    default: {
      if (column.beyond_offset == 0) column.beyond_offset = place;
      size_t start = text.size();
      text.append(reinterpret_cast<const char *>(block) + place, found.end - place);
      add_text(column, ASSAY_JSON_NESTED,
               found.type == Number::beyond_int64 ? ASSAY_JSON_MET_BEYOND_INT64
                                                  : ASSAY_JSON_MET_BEYOND_FLOAT64,
               start, text.size());
      return true;
    }
  }
}

// The closing quote is the last byte before the next place that is not white space.
bool assay_json_parser::string_end(size_t place, size_t &end) {
  size_t last = std::min(base + places[next + 1], limit) - 1;
  while (last > place && is_space(block[last])) last--;
  if (last == place || block[last] != '"') return fail(ASSAY_JSON_EXPECTED_COMMA, last);
  end = last;
  return true;
}

bool assay_json_parser::unescape(size_t start, size_t end, std::string &target) {
  while (start < end) {
    auto slash = static_cast<const uint8_t *>(std::memchr(block + start, '\\', end - start));
    size_t stop = slash == nullptr ? end : static_cast<size_t>(slash - block);
    target.append(reinterpret_cast<const char *>(block) + start, stop - start);
    start = stop;
    if (start == end) break;
    uint32_t scalar;
    if (!escaped_scalar(start, end, scalar)) return false;
    append_utf8(target, scalar);
  }
  return true;
}

bool assay_json_parser::escaped_scalar(size_t &place, size_t end, uint32_t &scalar) {
  size_t slash = place;
  place += 2;
  switch (block[slash + 1]) {
    case '"': scalar = '"'; return true;
    case '\\': scalar = '\\'; return true;
    case '/': scalar = '/'; return true;
    case 'b': scalar = '\b'; return true;
    case 'f': scalar = '\f'; return true;
    case 'n': scalar = '\n'; return true;
    case 'r': scalar = '\r'; return true;
    case 't': scalar = '\t'; return true;
    case 'u': break;
    default: return fail(ASSAY_JSON_INVALID_ESCAPE, slash);
  }
  int32_t unit = code_unit(block, place, end);
  if (unit < 0) return fail(ASSAY_JSON_INVALID_ESCAPE, slash);
  place += 4;
  scalar = static_cast<uint32_t>(unit);
  if (unit < 0xD800 || unit > 0xDFFF) return true;
  if (unit > 0xDBFF || end - place < 6 || block[place] != '\\' || block[place + 1] != 'u') {
    return fail(ASSAY_JSON_LONE_SURROGATE, slash);
  }
  int32_t low = code_unit(block, place + 2, end);
  if (low < 0xDC00 || low > 0xDFFF) return fail(ASSAY_JSON_LONE_SURROGATE, slash);
  place += 6;
  scalar = 0x10000 + ((scalar & 0x3FF) << 10 | (static_cast<uint32_t>(low) & 0x3FF));
  return true;
}

bool assay_json_parser::word(std::string_view word) {
  size_t place = here(), end = place + word.size();
  if (end > limit || std::memcmp(block + place, word.data(), word.size()) != 0 ||
      (end < limit && !ends_scalar(block[end]))) {
    return bad_number(place);
  }
  next++;
  return true;
}

// Says what is wrong with a scalar that is no string, number or word.
bool assay_json_parser::bad_number(size_t place) {
  if (place >= limit) return fail(ASSAY_JSON_TRUNCATED_ROW, limit);
  const char *start = reinterpret_cast<const char *>(block) + place;
  std::string_view rest(start, std::min<size_t>(limit - place, 10));
  bool is_signed = rest[0] == '-' || rest[0] == '+';
  std::string_view name = is_signed ? rest.substr(1) : rest;
  for (std::string_view word : {"NaN", "nan", "Infinity", "inf", "Inf"}) {
    if (name.substr(0, word.size()) == word) return fail(ASSAY_JSON_NOT_FINITE, place);
  }
  bool is_number = is_signed || is_digit(block[place]);
  return fail(is_number ? ASSAY_JSON_INVALID_NUMBER : ASSAY_JSON_EXPECTED_VALUE, place);
}

bool assay_json_parser::number(Number &result) {
  static const double powers[] = {1e0,  1e1,  1e2,  1e3,  1e4,  1e5,  1e6,  1e7,
                                  1e8,  1e9,  1e10, 1e11, 1e12, 1e13, 1e14, 1e15,
                                  1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22};
  size_t place = here(), end = place;
  bool is_negative = end < limit && block[end] == '-';
  if (is_negative) end++;
  uint64_t digits = 0;
  auto take_digits = [&]() {
    size_t start = end;
    for (; end < limit && is_digit(block[end]); end++) digits = digits * 10 + (block[end] - '0');
    return end - start;
  };
  size_t first = end, count = take_digits();
  if (count == 0 || (count > 1 && block[first] == '0')) return bad_number(place);
  bool is_integer = true;
  int64_t exponent = 0;
  if (end < limit && block[end] == '.') {
    end++;
    is_integer = false;
    size_t fraction = take_digits();
    if (fraction == 0) return bad_number(place);
    count += fraction;
    exponent = -static_cast<int64_t>(fraction);
  }
  if (end < limit && (block[end] | 0x20) == 'e') {
    end++;
    is_integer = false;
    bool is_down = end < limit && block[end] == '-';
    if (end < limit && (is_down || block[end] == '+')) end++;
    size_t start = end;
    int64_t written = 0;
    for (; end < limit && is_digit(block[end]); end++) {
      if (written < 100000) written = written * 10 + (block[end] - '0');
    }
    if (end == start) return bad_number(place);
    exponent += is_down ? -written : written;
  }
  if (end < limit && !ends_scalar(block[end])) return bad_number(place);
  next++;
  result.end = end;
  if (is_integer) {
    uint64_t most = static_cast<uint64_t>(INT64_MAX) + (is_negative ? 1 : 0);
    bool fits = count < 19 || (count == 19 && digits <= most);
    result.type = fits ? Number::integer : Number::beyond_int64;
    result.whole = static_cast<int64_t>(is_negative ? 0 - digits : digits);
    return true;
  }
  result.type = Number::number;
  // So many digits of any decimal come back from the nearest double.
  constexpr size_t exact_digits = 15;
  // Both factors are exact, so one rounding gives the nearest double.
  if (count <= 19 && digits <= 1ULL << 53 && exponent >= -22 && exponent <= 22) {
    double value = static_cast<double>(digits);
    value = exponent < 0 ? value / powers[-exponent] : value * powers[exponent];
    result.value = is_negative ? -value : value;
    result.is_rounded =
        count > exact_digits && assay_json_is_rounded(block + place, end - place, value) != 0;
    return true;
  }
  const char *start = reinterpret_cast<const char *>(block) + place;
  auto read = std::from_chars(start, start + (end - place), result.value);
  if (read.ec == std::errc::result_out_of_range) {
    result.value = std::strtod(std::string(start, end - place).c_str(), nullptr);
    if (std::isinf(result.value)) result.type = Number::beyond_float64;
  }
  result.is_rounded = result.type == Number::number &&
                      assay_json_is_rounded(block + place, end - place, result.value) != 0;
  return true;
}

bool assay_json_parser::nested(unsigned depth) {
  switch (peek()) {
    case '{': return nested_object(depth);
    case '[': return nested_array(depth);
    case '"': return nested_string();
    case 't': return word("true") && (text.append("true"), true);
    case 'f': return word("false") && (text.append("false"), true);
    case 'n': return word("null") && (text.append("null"), true);
    default: return nested_number();
  }
}

bool assay_json_parser::nested_array(unsigned depth) {
  if (depth > ASSAY_JSON_DEPTH_LIMIT) return fail(ASSAY_JSON_TOO_DEEP, here());
  next++;
  text.push_back('[');
  if (peek() != ']') {
    while (true) {
      if (!nested(depth + 1)) return false;
      if (peek() != ',') break;
      next++;
      text.push_back(',');
    }
    if (peek() != ']') return expected(ASSAY_JSON_EXPECTED_COMMA);
  }
  next++;
  text.push_back(']');
  return true;
}

bool assay_json_parser::nested_object(unsigned depth) {
  if (depth > ASSAY_JSON_DEPTH_LIMIT) return fail(ASSAY_JSON_TOO_DEEP, here());
  next++;
  text.push_back('{');
  size_t first = keys.size();
  if (peek() != '}') {
    while (true) {
      if (peek() != '"') return expected(ASSAY_JSON_EXPECTED_KEY);
      size_t place = here(), start = text.size();
      if (!nested_string()) return false;
      keys.push_back({start, text.size() - start, place});
      if (peek() != ':') return expected(ASSAY_JSON_EXPECTED_COLON);
      next++;
      text.push_back(':');
      if (!nested(depth + 1)) return false;
      if (peek() != ',') break;
      next++;
      text.push_back(',');
    }
    if (peek() != '}') return expected(ASSAY_JSON_EXPECTED_COMMA);
  }
  next++;
  text.push_back('}');
  return reject_duplicates(first);
}

// Keys are written in one form only, so equal keys have equal text.
bool assay_json_parser::reject_duplicates(size_t first) {
  auto spelling = [&](const Key &key) {
    return std::string_view(text).substr(key.offset, key.length);
  };
  if (keys.size() - first > 1) {
    std::sort(keys.begin() + static_cast<ptrdiff_t>(first), keys.end(),
              [&](const Key &left, const Key &right) {
                int order = spelling(left).compare(spelling(right));
                return order != 0 ? order < 0 : left.source < right.source;
              });
    for (size_t index = first + 1; index < keys.size(); index++) {
      if (spelling(keys[index - 1]) == spelling(keys[index])) {
        return fail(ASSAY_JSON_DUPLICATE_KEY, keys[index].source);
      }
    }
  }
  keys.resize(first);
  return true;
}

bool assay_json_parser::nested_string() {
  size_t place = here(), end;
  if (!string_end(place, end)) return false;
  const char *start = reinterpret_cast<const char *>(block) + place;
  if (contains_escape(place + 1, end)) {
    unescaped.clear();
    if (!unescape(place + 1, end, unescaped)) return false;
    auto source = reinterpret_cast<const uint8_t *>(unescaped.data());
    size_t offset = text.size() + 1;
    size_t length = unescaped.size() + assay_json_escape_growth(source, unescaped.size());
    text.resize(offset + length);
    text[offset - 1] = '"';
    auto target = reinterpret_cast<uint8_t *>(&text[offset]);
    length = assay_json_escape(source, unescaped.size(), target);
    text.resize(offset + length);
    text.push_back('"');
  } else {
    text.append(start, end + 1 - place);
  }
  next++;
  return true;
}

bool assay_json_parser::nested_number() {
  size_t place = here();
  Number found;
  if (!number(found)) return false;
  uint8_t digits[ASSAY_JSON_NUMBER_LENGTH];
  size_t length = 0;
  if (found.type == Number::integer) length = assay_json_integer_text(found.whole, digits);
  if (found.type == Number::number && !found.is_rounded) length = assay_json_number_text(found.value, digits);
  if (length > 0) {
    text.append(reinterpret_cast<const char *>(digits), length);
  } else {
    text.append(reinterpret_cast<const char *>(block) + place, found.end - place);
  }
  return true;
}
