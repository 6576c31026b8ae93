# Two models that draw a square of the colour that is asked for, as a PNG. sketch knows three colours, paint six. A provider of
# protocol `command`, as models.awk is.

BEGIN {
  split("red 200 40 40 green 40 160 60 blue 40 80 200 orange 240 150 30 violet 140 70 190 black 20 20 20", colours)
  digits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
}

{
  model = member("model")
  text = member("input")
  red = green = blue = 128
  for (place = 1; place <= (model == "paint" ? 6 : 3) * 4; place += 4) {
    if (index(text, colours[place])) {
      red = colours[place + 1]
      green = colours[place + 2]
      blue = colours[place + 3]
    }
  }
  size = 8
  count = 0
  # The signature, then the chunks: size and kind of the picture, its lines, the end.
  split("137 80 78 71 13 10 26 10", head)
  for (place = 1; place <= 8; place++) bytes[count++] = head[place]
  begin("73 72 68 82", 13)
  number(size); number(size)
  put(8); put(2); put(0); put(0); put(0)
  end()
  length_of_lines = size * (1 + 3 * size)
  begin("73 68 65 84", 11 + length_of_lines)
  # zlib, with one block that is stored as it is.
  put(120); put(1); put(1)
  put(length_of_lines % 256); put(int(length_of_lines / 256))
  put(255 - length_of_lines % 256); put(255 - int(length_of_lines / 256))
  low = 1; high = 0
  for (row = 0; row < size; row++) {
    line(0)
    for (column = 0; column < size; column++) {
      edge = model == "paint" && (row == 0 || column == 0 || row == size - 1 || column == size - 1)
      line(edge ? int(red / 2) : red); line(edge ? int(green / 2) : green); line(edge ? int(blue / 2) : blue)
    }
  }
  number(high * 65536 + low)
  end()
  begin("73 69 78 68", 0)
  end()
  printf "{\"media\": [{\"media_type\": \"image/png\", \"base64\": \"%s\"}], \"usage\": {\"images\": 1}}\n", base64()
}

# Puts a byte of a chunk, and counts it into the chunk's CRC-32.
function put(byte,   bit) {
  bytes[count++] = byte
  crc = xor(crc, byte)
  for (bit = 0; bit < 8; bit++) crc = crc % 2 ? xor(int(crc / 2), 3988292384) : int(crc / 2)
}

# Puts a byte of the picture, and counts it into the Adler-32 of zlib.
function line(byte) {
  put(byte)
  low = (low + byte) % 65521
  high = (high + low) % 65521
}

function number(value) {
  put(int(value / 16777216)); put(int(value / 65536) % 256); put(int(value / 256) % 256); put(value % 256)
}

function begin(kind, size_of_chunk,   each, letters) {
  number(size_of_chunk)
  crc = 4294967295
  split(kind, letters)
  for (each = 1; each <= 4; each++) put(letters[each])
}

function end() { number(4294967295 - crc) }

function xor(a, b,   value, unit) {
  value = 0
  for (unit = 1; a > 0 || b > 0; unit *= 2) {
    if (a % 2 != b % 2) value += unit
    a = int(a / 2)
    b = int(b / 2)
  }
  return value
}

function base64(   text, place, value) {
  text = ""
  for (place = 0; place < count; place += 3) {
    value = bytes[place] * 65536
    if (place + 1 < count) value += bytes[place + 1] * 256
    if (place + 2 < count) value += bytes[place + 2]
    text = text substr(digits, int(value / 262144) + 1, 1) substr(digits, int(value / 4096) % 64 + 1, 1)
    text = text (place + 1 < count ? substr(digits, int(value / 64) % 64 + 1, 1) : "=")
    text = text (place + 2 < count ? substr(digits, value % 64 + 1, 1) : "=")
  }
  return text
}

function member(name,   rest) {
  rest = substr($0, index($0, "\"" name "\":\"") + length(name) + 4)
  return substr(rest, 1, index(rest, "\"") - 1)
}
