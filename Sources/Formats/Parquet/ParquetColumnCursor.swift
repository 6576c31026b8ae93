import CZlib
import Columns
import Model

/// Reads one column of one row group, a run of rows at a time.
struct ParquetColumnCursor: Sendable {
  /// Entries of one run, which lists may make many more than rows.
  private static let entryLimit = 1 << 26
  /// Bytes read ahead for a page's header, and the longest header.
  private static let windowBytes = 64 << 10
  private static let headerLimit = 16 << 20
  /// The bytes of a header without statistics, at the most.
  private static let plainHeaderBytes = 512
  /// The levels of a value within lists.
  private static let levelBytes = 8

  private let file: SeekableFile
  private let leaf: ParquetLeaf
  private let compression: ParquetCompression
  private let hidesCompression: Bool
  private var offset: Int
  private let end: Int
  /// Entries of pages that were not opened yet.
  private var left: Int
  private var dictionary: ParquetScalars?
  private var page: ParquetPage?
  private var window: [UInt8] = []
  private var windowStart = 0

  /// A cursor before the first row of `chunk`; `hidesCompression` is what the footer says of pages.
  init(
    _ file: SeekableFile, _ chunk: ParquetChunk, _ leaf: ParquetLeaf, hidesCompression: Bool
  ) {
    self.hidesCompression = hidesCompression
    self.file = file
    self.leaf = leaf
    compression = chunk.compression
    offset = chunk.start
    end = chunk.start + chunk.byteCount
    left = chunk.valueCount
  }

  /// The entries of the next `rows` rows.
  mutating func read(_ rows: Int) throws(StoreError) -> ParquetEntries {
    var entries = ParquetEntries()
    var rowsLeft = rows
    while true {
      if rowsLeft == 0, leaf.repetition == 0 { return entries }
      if page?.left ?? 0 == 0 {
        guard try openPage() else {
          guard rowsLeft == 0 else { throw ParquetFault.damaged("a column has too few rows") }
          return entries
        }
      }
      guard var current = page else { continue }
      page = nil
      let isDone = try take(from: &current, &rowsLeft, to: &entries)
      page = current
      if isDone { return entries }
      guard entries.count <= Self.entryLimit else {
        throw .requestLimit(
          "the lists of a few rows have more than \(Self.entryLimit) elements, the limit: write "
            + "shorter lists, in more rows")
      }
    }
  }

  /// Takes entries of one page; true when the next one belongs to a row after those requested.
  private func take(
    from page: inout ParquetPage, _ rowsLeft: inout Int, to entries: inout ParquetEntries
  ) throws(StoreError) -> Bool {
    var count = min(page.left, rowsLeft)
    var isDone = false
    if leaf.repetition > 0 {
      if page.pending.isEmpty { page.pending = try page.repetitions.read(page.left) }
      let levels = page.pending
      let first = levels.count - page.left
      var stop = first
      while stop < levels.count {
        if levels[stop] == 0 {
          if rowsLeft == 0 {
            isDone = true
            break
          }
          rowsLeft -= 1
        }
        stop += 1
      }
      count = stop - first
      entries.repetitions.append(contentsOf: levels[first..<stop])
    } else {
      rowsLeft -= count
    }
    let definitions = try page.definitions.read(count)
    var present = count
    if leaf.definition > 0 {
      let most = UInt32(leaf.definition)
      present = definitions.reduce(0) { $0 + ($1 == most ? 1 : 0) }
      entries.definitions.append(contentsOf: definitions)
    }
    try page.values.read(present, dictionary: dictionary, appendingTo: &entries.scalars)
    entries.count += count
    page.left -= count
    return isDone
  }

  /// Opens the next page that has entries; false when there is none.
  private mutating func openPage() throws(StoreError) -> Bool {
    while left > 0 {
      guard offset < end else { throw ParquetFault.damaged("a column has too few pages") }
      var header = try readHeader()
      if hidesCompression { header.isCompressed = true }
      guard header.byteCount <= end - offset else {
        throw ParquetFault.damaged("a page lies outside of its column")
      }
      let body = try bytes(header.byteCount)
      offset += header.byteCount
      if let checksum = header.checksum {
        let actual = unsafe body.withUnsafeBufferPointer {
          unsafe crc32(0, $0.baseAddress, UInt32($0.count))
        }
        guard UInt32(truncatingIfNeeded: actual) == checksum else {
          throw ParquetFault.damaged("a page does not have its checksum")
        }
      }
      switch header.kind {
      case .dictionary: try readDictionary(header, body)
      case .data, .dataV2:
        guard header.valueCount <= left else {
          throw ParquetFault.damaged("a page has more values than its column")
        }
        guard header.valueCount <= Self.entryLimit else {
          throw ParquetFault.beyond(
            "a page of more than \(Self.entryLimit) values", ParquetFault.smallerPages)
        }
        left -= header.valueCount
        try file.budget.take(max(header.plainCount, body.count))
        if leaf.repetition > 0 { try file.budget.take(header.valueCount * Self.levelBytes) }
        let opened = try ParquetPage(header, body, leaf, compression)
        try file.budget.take(opened.values.expandedBytes)
        page = opened
        if header.valueCount > 0 { return true }
      case .index, nil: continue
      }
    }
    return false
  }

  private mutating func readDictionary(
    _ header: ParquetPageHeader, _ body: ArraySlice<UInt8>
  ) throws(StoreError) {
    guard dictionary == nil, header.encoding == .plain || header.encoding == .plainDictionary
    else { throw ParquetFault.damaged("a dictionary") }
    try file.budget.take(max(header.plainCount, body.count))
    let bytes = try compression.decode(body, count: header.plainCount)
    // A value takes a bit at the least, so this bounds what is allocated.
    guard header.valueCount <= bytes.count * 8 else { throw ParquetFault.damaged("a dictionary") }
    var values = try ParquetPageValues(
      bytes, 0..<bytes.count, encoding: .plain, leaf: leaf, most: header.valueCount)
    try file.budget.take(values.expandedBytes)
    var scalars = ParquetScalars()
    try values.read(header.valueCount, dictionary: nil, appendingTo: &scalars)
    dictionary = scalars
  }

  private mutating func readHeader() throws(StoreError) -> ParquetPageHeader {
    var size = Self.plainHeaderBytes
    while true {
      let stop = min(end, offset + size)
      if offset < windowStart || stop > windowStart + window.count {
        window = try file.bytes(offset..<min(end, offset + max(size, Self.windowBytes)))
        windowStart = offset
      }
      var thrift = ThriftReader(window, offset - windowStart..<stop - windowStart)
      do throws(StoreError) {
        let header = try ParquetPageHeader(&thrift)
        offset = windowStart + thrift.position
        return header
      } catch {
        // It may be longer than what was read: statistics hold whole texts.
        guard stop < end else { throw error }
        guard size < Self.headerLimit else {
          throw ParquetFault.beyond(
            "a page whose header takes more than \(Self.headerLimit >> 20) MiB, or is none",
            "write it without statistics of long texts, or fetch it again")
        }
        size *= 16
      }
    }
  }

  /// The next `count` bytes.
  private func bytes(_ count: Int) throws(StoreError) -> ArraySlice<UInt8> {
    let start = offset - windowStart
    if start >= 0, start + count <= window.count { return window[start..<start + count] }
    return try file.bytes(offset..<offset + count)[...]
  }
}
