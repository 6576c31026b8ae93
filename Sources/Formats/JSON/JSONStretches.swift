import CSimdjson
import Model

/// The text of a JSON file, block by block, cut where rows end.
struct JSONStretches {
  let layout: JSONReader.Layout
  /// The current block; the bytes after the last stretch stay for the next block.
  private(set) var bytes: [UInt8] = []
  /// The line that the block begins on, from 1.
  private(set) var line = 1

  /// The separation of the rows in a stretch.
  private(set) var rowLayout: assay_json_layout

  private let source: any ByteSource
  /// A block is read until it has so many bytes.
  private let blockBytes: Int
  /// The bytes of the current line that stand before the block.
  private var columnsBefore = 0
  private var isAtEnd = false
  /// True before the first block is consumed.
  private var isFirstBlock = true
  /// The ends of the block's stretches.
  private var end = 0
  private var phase = Phase.start
  private var cutter = assay_json_cutter()
  /// Up to where the cutter has looked.
  private var scanned = 0

  private enum Phase {
    /// Nothing was read yet.
    case start
    /// Before the array's first element.
    case first
    case rows
    /// The file ended within the array.
    case cutOff
    /// After the array.
    case closed
  }

  /// A stretch ends at the first row end after so many bytes: big enough to make up for handing
  /// out the work, small enough to give all cores some.
  private static let stretchBytes = 4 << 20
  private static let rowLimit = Int(ASSAY_JSON_ROW_LIMIT)

  init(_ source: any ByteSource, layout: JSONReader.Layout, blockBytes: Int) {
    self.source = source
    self.layout = layout
    self.blockBytes = blockBytes
    rowLayout = layout == .lines ? ASSAY_JSON_LINES : ASSAY_JSON_ELEMENTS
  }

  /// The name of the file in messages.
  var name: String { source.name }

  mutating func restart() throws(StoreError) {
    try source.rewind()
    self = JSONStretches(source, layout: layout, blockBytes: blockBytes)
  }

  /// The next stretches, each of whole rows, as ranges of `bytes`; none at the end.
  mutating func next() throws(StoreError) -> [Range<Int>] {
    if phase == .start { try begin() }
    switch layout {
    case .lines: return try lineStretches()
    case .array, .document:
      return isSingle ? try objectStretch() : try elementStretches()
    }
  }

  /// True when the file is an object that is its only row.
  var isSingle: Bool { rowLayout == ASSAY_JSON_SINGLE }

  /// True when the stretches at hand are all of the file.
  var isWhole: Bool {
    guard isFirstBlock, isAtEnd else { return false }
    return layout == .lines
      ? end == bytes.count : phase == .closed && bytes[end...].allSatisfy(Self.isSpace)
  }

  /// Drops the stretches; they had so many line feeds.
  mutating func consume(lines: Int) {
    isFirstBlock = false
    drop(end, lines: lines)
  }

  /// The location in the file of the byte at `offset`.
  func location(of offset: Int) -> StoreError.Location {
    let before = bytes[..<min(offset, bytes.count)]
    let lines = Self.lineCount(before)
    let column = before.lastIndex(of: Self.feed).map { offset - $0 } ?? columnsBefore + offset + 1
    return StoreError.Location(file: name, line: line + lines, column: column)
  }

  /// The byte at `offset`; nil at the end of a row.
  func byte(at offset: Int) -> UInt8? {
    offset < bytes.count && bytes[offset] != Self.feed ? bytes[offset] : nil
  }

  private static let feed = UInt8(ascii: "\n")

  private static func lineCount(_ bytes: ArraySlice<UInt8>) -> Int {
    bytes.reduce(0) { $0 + ($1 == feed ? 1 : 0) }
  }

  /// White space as JSON has it.
  private static func isSpace(_ byte: UInt8) -> Bool {
    byte == 0x20 || byte == 0x09 || byte == 0x0A || byte == 0x0D
  }

  private mutating func drop(_ count: Int, lines: Int) {
    if let last = bytes[..<count].lastIndex(of: Self.feed) {
      columnsBefore = count - last - 1
    } else {
      columnsBefore += count
    }
    line += lines
    bytes.removeSubrange(..<count)
    scanned = max(0, scanned - count)
    end = 0
  }

  private mutating func fill(to count: Int) throws(StoreError) {
    while !isAtEnd, bytes.count < count {
      isAtEnd = try source.read(count - bytes.count, appendingTo: &bytes) == 0
    }
  }

  private mutating func begin() throws(StoreError) {
    try fill(to: blockBytes)
    if bytes.starts(with: [0xEF, 0xBB, 0xBF]) { drop(3, lines: 0) }
    phase = .rows
    if layout != .lines { try openArray() }
  }

  private mutating func lineStretches() throws(StoreError) -> [Range<Int>] {
    try fillToLineEnd()
    var ranges: [Range<Int>] = []
    var start = 0
    while start < end {
      var stop = end
      if end - start > Self.stretchBytes {
        let feed = bytes[(start + Self.stretchBytes)..<end].firstIndex(of: Self.feed)
        stop = feed.map { $0 + 1 } ?? end
      }
      ranges.append(start..<stop)
      start = stop
    }
    return ranges
  }

  /// Reads a block and sets `end` after its last whole line.
  private mutating func fillToLineEnd() throws(StoreError) {
    var searched = 0
    while true {
      try fill(to: searched + blockBytes)
      if isAtEnd {
        end = bytes.count
        return
      }
      if let last = bytes[searched...].lastIndex(of: Self.feed) {
        end = last + 1
        return
      }
      if bytes.count > Self.rowLimit { throw JSONRowFault.rowTooLong(at: location(of: 0)) }
      searched = bytes.count
    }
  }

  /// Goes to the first element, or to the object that is the only row of a document.
  private mutating func openArray() throws(StoreError) {
    try skipSpace()
    guard let first = bytes.first else {
      phase = .closed
      return
    }
    if first == UInt8(ascii: "{"), layout == .document {
      rowLayout = ASSAY_JSON_SINGLE
      return
    }
    guard first == UInt8(ascii: "[") else {
      throw StoreError(
        .invalid,
        first == UInt8(ascii: "{")
          ? "the file begins with an object, not with an array of objects; name the format jsonl "
            + "when each line is an object, write it with orient='records' when it is a table of "
            + "pandas, or put the object in [ ] when it is one row"
          : "the file must be an array of objects, as [{\"id\": 1}]", at: location(of: 0))
    }
    drop(1, lines: 0)
    phase = .first
  }

  private mutating func skipSpace() throws(StoreError) {
    while true {
      let space = bytes.prefix(while: Self.isSpace)
      drop(space.count, lines: Self.lineCount(space))
      guard bytes.isEmpty, !isAtEnd else { return }
      try fill(to: blockBytes)
    }
  }

  /// The object that is all of the file.
  private mutating func objectStretch() throws(StoreError) -> [Range<Int>] {
    guard phase != .closed else { return [] }
    while !isAtEnd {
      guard bytes.count <= Self.rowLimit + blockBytes else {
        throw JSONRowFault.rowTooLong(at: location(of: 0))
      }
      try fill(to: bytes.count + blockBytes)
    }
    phase = .closed
    end = bytes.count
    return [0..<end]
  }

  private mutating func elementStretches() throws(StoreError) -> [Range<Int>] {
    switch phase {
    case .closed:
      try skipSpace()
      guard bytes.isEmpty else {
        throw StoreError(
          .invalid, "there is text after the array; the file must hold one array only",
          at: location(of: 0))
      }
      return []
    case .cutOff:
      throw StoreError(
        .invalid, "the array is not closed: the file is cut off", at: location(of: bytes.count))
    case .start:
      return []
    case .first, .rows:
      break
    }
    try fill(to: blockBytes)
    var ranges: [Range<Int>] = []
    var start = 0
    while true {
      let stop = cut(least: start + Self.stretchBytes)
      if stop < bytes.count {
        if bytes[stop] != UInt8(ascii: ",") { return try close(start..<stop, after: ranges) }
        ranges.append(start..<stop)
        start = stop + 1
        scanned = start
        phase = .rows
      } else if isAtEnd {
        // What is there is read first: a fault in it says more than that the end is missing.
        phase = .cutOff
        if bytes[start...].allSatisfy(Self.isSpace) {
          end = start
          return ranges.isEmpty ? try elementStretches() : ranges
        }
        end = stop
        return ranges + [start..<stop]
      } else if !ranges.isEmpty {
        end = start
        return ranges
      } else if bytes.count > Self.rowLimit + blockBytes {
        throw JSONRowFault.rowTooLong(at: location(of: start))
      } else {
        try fill(to: bytes.count + blockBytes)
      }
    }
  }

  /// Looks for the next comma between elements at or after `least`, or the end of the array.
  private mutating func cut(least: Int) -> Int {
    var cutter = cutter
    let stop = unsafe bytes.withUnsafeBufferPointer { buffer in
      unsafe assay_json_cut(&cutter, buffer.baseAddress, scanned, buffer.count, least)
    }
    self.cutter = cutter
    scanned = stop
    return stop
  }

  /// Ends the array, whose last elements are in `last`.
  private mutating func close(
    _ last: Range<Int>, after ranges: [Range<Int>]
  ) throws(StoreError) -> [Range<Int>] {
    guard bytes[last.upperBound] == UInt8(ascii: "]") else {
      throw JSONRowFault.error(
        ASSAY_JSON_EXPECTED_COMMA, byte: bytes[last.upperBound],
        at: location(of: last.upperBound))
    }
    let isEmpty = phase == .first && bytes[last].allSatisfy(Self.isSpace)
    phase = .closed
    end = last.upperBound + 1
    if isEmpty {
      drop(end, lines: Self.lineCount(bytes[last]))
      return try elementStretches()
    }
    return ranges + [last]
  }
}
