// Numbers and strings as JSON text.
#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstring>

#include "parser.h"

namespace {

// Short decimals (prices, scores, times) are what data holds, and trying them is several times
// faster than a general shortest conversion: a decimal of at most 15 digits that divides back to
// the very value is the only one of that length, so it is the shortest once trailing zeros are cut.
size_t short_decimal(double value, uint8_t *text) {
  static const double powers[] = {1, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10};
  for (int digits = 1; digits <= 10; digits += 3) {
    double scaled = value * powers[digits];
    if (scaled >= 1e15) return 0;
    int64_t whole = static_cast<int64_t>(scaled + 0.5);
    if (static_cast<double>(whole) / powers[digits] != value) continue;
    while (digits > 1 && whole % 10 == 0) {
      whole /= 10;
      digits--;
    }
    int64_t divisor = static_cast<int64_t>(powers[digits]);
    size_t length = assay_json_integer_text(whole / divisor, text);
    text[length++] = '.';
    int64_t fraction = whole % divisor;
    for (int place = digits - 1; place >= 0; place--) {
      text[length + static_cast<size_t>(place)] = static_cast<uint8_t>('0' + fraction % 10);
      fraction /= 10;
    }
    return length + static_cast<size_t>(digits);
  }
  return 0;
}

// Lays `digits` out as Swift does: fixed from 1e-4 up to 2^53, else with an exponent.
size_t lay_out(const char *digits, int count, int exponent, bool is_fixed, uint8_t *text) {
  uint8_t *out = text;
  auto put = [&](const char *from, int length) {
    std::memcpy(out, from, static_cast<size_t>(length));
    out += length;
  };
  auto zeros = [&](int length) {
    for (; length > 0; length--) *out++ = '0';
  };
  if (!is_fixed) {
    put(digits, 1);
    if (count > 1) {
      *out++ = '.';
      put(digits + 1, count - 1);
    }
    *out++ = 'e';
    *out++ = exponent < 0 ? '-' : '+';
    int size = exponent < 0 ? -exponent : exponent;
    if (size < 10) *out++ = '0';
    out += assay_json_integer_text(size, out);
  } else if (exponent < 0) {
    put("0.", 2);
    zeros(-exponent - 1);
    put(digits, count);
  } else {
    int whole = exponent + 1;
    put(digits, count < whole ? count : whole);
    zeros(whole - count);
    *out++ = '.';
    if (count > whole) {
      put(digits + whole, count - whole);
    } else {
      *out++ = '0';
    }
  }
  return static_cast<size_t>(out - text);
}

// Bytes side by side, in whatever registers the processor has.
typedef uint8_t Bytes __attribute__((vector_size(16)));

// Which of 16 bytes are below 0x20, a quote or a backslash.
inline Bytes escaped_bytes(const uint8_t *source) {
  Bytes bytes;
  std::memcpy(&bytes, source, sizeof bytes);
  return (Bytes)(bytes < 0x20) | (Bytes)(bytes == '"') | (Bytes)(bytes == '\\');
}

inline bool needs_escape(uint8_t byte) { return byte < 0x20 || byte == '"' || byte == '\\'; }

}  // namespace

size_t assay::next_escape(const uint8_t *source, size_t start, size_t length) {
  for (; start + 16 <= length; start += 16) {
    Bytes found = escaped_bytes(source + start);
    uint64_t halves[2];
    std::memcpy(halves, &found, sizeof halves);
    if ((halves[0] | halves[1]) == 0) continue;
    // The lowest byte that is set is the first; Assay runs on little-endian machines only.
    if (halves[0] != 0) return start + static_cast<size_t>(__builtin_ctzll(halves[0])) / 8;
    return start + 8 + static_cast<size_t>(__builtin_ctzll(halves[1])) / 8;
  }
  while (start < length && !needs_escape(source[start])) start++;
  return start;
}

size_t assay_json_integer_text(int64_t value, uint8_t *text) {
  char *start = reinterpret_cast<char *>(text);
  return static_cast<size_t>(std::to_chars(start, start + 20, value).ptr - start);
}

size_t assay_json_number_text(double value, uint8_t *text) {
  size_t sign = 0;
  if (std::signbit(value)) {
    text[sign++] = '-';
    value = -value;
  }
  if (value == 0 || (value >= 1e-4 && value < 1e14)) {
    size_t length = short_decimal(value, text + sign);
    if (length > 0) return sign + length;
  }
  char scientific[40];
  auto end = std::to_chars(scientific, scientific + 40, value, std::chars_format::scientific).ptr;
  char digits[24];
  int count = 0;
  const char *next = scientific;
  for (; next < end && *next != 'e'; next++) {
    if (*next != '.') digits[count++] = *next;
  }
  int exponent = 0;
  next += next[1] == '+' ? 2 : 1;
  std::from_chars(next, end, exponent);
  bool is_fixed = value >= 1e-4 && value <= 0x1p53;
  return sign + lay_out(digits, count, exponent, is_fixed, text + sign);
}

int assay_json_is_rounded(const uint8_t *text, size_t length, double value) {
  value = std::fabs(value);
  size_t next = 0, count = 0, significant = 0;
  int64_t scale = 0;
  uint64_t whole = 0;
  bool is_fraction = false;
  for (; next < length && (text[next] | 0x20) != 'e'; next++) {
    if (text[next] == '.') is_fraction = true;
    unsigned digit = text[next] - unsigned{'0'};
    if (digit > 9) continue;
    if (is_fraction) scale++;
    if (count == 0 && digit == 0) continue;
    count++;
    if (count <= 17) whole = whole * 10 + digit;
    if (digit != 0) significant = count;
  }
  if (significant == 0) return 0;
  if (value == 0) return 1;
  bool is_normal = value >= 0x1p-1022;
  if (is_normal && significant <= 15) return 0;
  const char *chars = reinterpret_cast<const char *>(text);
  if (next < length) {
    int64_t exponent = 0;
    next++;
    if (next < length && text[next] == '+') next++;
    std::from_chars(chars + next, chars + length, exponent);
    scale -= exponent;
  }
  // With 64 bits of significand or more, both factors are exact, and the product is far closer to
  // the decimal than half of its last digit.
  if (is_normal && count <= 17 && scale >= 0 && scale <= 27) {
    long double power = 1;
    for (int64_t place = 0; place < scale; place++) power *= 10;
    long double product = static_cast<long double>(value) * power;
    long double error = std::fabs(product - static_cast<long double>(whole));
    if (error < 0.49L) return 0;
    if (error > 0.51L) return 1;
  }
  // A double has at most 767 digits.
  char printed[800];
  if (significant > 768) return 1;
  int precision = static_cast<int>(significant) - 1;
  auto scientific = std::chars_format::scientific;
  auto end = std::to_chars(printed, printed + sizeof printed, value, scientific, precision).ptr;
  const char *out = printed;
  bool has_begun = false;
  size_t compared = 0;
  for (size_t place = 0; place < length && compared < significant; place++) {
    unsigned digit = text[place] - unsigned{'0'};
    if (digit > 9 || (!has_begun && digit == 0)) continue;
    has_begun = true;
    if (out < end && *out == '.') out++;
    if (out == end || static_cast<unsigned>(*out - '0') != digit) return 1;
    out++;
    compared++;
  }
  return 0;
}

size_t assay_json_escape_growth(const uint8_t *source, size_t length) {
  size_t escapes = 0, next = 0;
  while (next + 16 <= length) {
    // A found byte is 255, that is -1; a lane overflows after 255 of them.
    Bytes counts = {};
    size_t stop = std::min(length, next + 255 * 16);
    for (; next + 16 <= stop; next += 16) counts -= escaped_bytes(source + next);
    for (int lane = 0; lane < 16; lane++) escapes += counts[lane];
  }
  for (; next < length; next++) escapes += needs_escape(source[next]) ? 1 : 0;
  return escapes * 5;
}

size_t assay_json_escape(const uint8_t *source, size_t length, uint8_t *target) {
  static const char hex[] = "0123456789abcdef";
  uint8_t *out = target;
  size_t next = 0;
  while (next < length) {
    size_t run = assay::next_escape(source, next, length);
    std::memcpy(out, source + next, run - next);
    out += run - next;
    next = run;
    if (next == length) break;
    uint8_t byte = source[next++];
    *out++ = '\\';
    switch (byte) {
      case '\b': *out++ = 'b'; break;
      case '\t': *out++ = 't'; break;
      case '\n': *out++ = 'n'; break;
      case '\f': *out++ = 'f'; break;
      case '\r': *out++ = 'r'; break;
      case '"':
      case '\\': *out++ = byte; break;
      default:
        std::memcpy(out, "u00", 3);
        out[3] = static_cast<uint8_t>(hex[byte >> 4]);
        out[4] = static_cast<uint8_t>(hex[byte & 15]);
        out += 5;
    }
  }
  return static_cast<size_t>(out - target);
}
