import Model

/// A table in a FlatBuffer, every offset of which is checked before it is followed
/// (https://flatbuffers.dev/internals/).
///
/// A table begins with the distance back to its vtable, which lists where each field stands; a
/// field that is left out has its default. Fields are named by their order in the schema.
struct FlatTable: Sendable {
  private let bytes: [UInt8]
  private let position: Int
  private let vtable: Int
  private let vtableCount: Int

  /// The table that the first four bytes of a buffer point to.
  init(root bytes: [UInt8]) throws(StoreError) {
    try self.init(bytes, at: Int(try Self.load(UInt32.self, bytes, 0)))
  }

  private init(_ bytes: [UInt8], at position: Int) throws(StoreError) {
    let vtable = position - Int(try Self.load(Int32.self, bytes, position))
    let count = Int(try Self.load(UInt16.self, bytes, vtable))
    guard count >= 4, count <= bytes.count - vtable else { throw Self.damage }
    self.bytes = bytes
    self.position = position
    self.vtable = vtable
    vtableCount = count
  }

  /// The number in a field, or what it is when left out.
  func integer<Number: FixedWidthInteger>(
    _ field: Int, default absent: Number
  ) throws(StoreError) -> Number {
    guard let place = try place(field) else { return absent }
    return try Self.load(Number.self, bytes, place)
  }

  /// The table that a field points to.
  func table(_ field: Int) throws(StoreError) -> FlatTable? {
    guard let place = try target(field) else { return nil }
    return try FlatTable(bytes, at: place)
  }

  /// The table that a field points to and that must be there.
  func requiredTable(_ field: Int) throws(StoreError) -> FlatTable {
    guard let table = try table(field) else { throw Self.damage }
    return table
  }

  /// The text that a field points to.
  func text(_ field: Int) throws(StoreError) -> String? {
    guard let range = try vector(field, stride: 1) else { return nil }
    guard let text = String(validating: bytes[range], as: UTF8.self) else { throw Self.damage }
    return text
  }

  /// The tables that a field lists; none when it is left out.
  func tables(_ field: Int) throws(StoreError) -> [FlatTable] {
    guard let range = try vector(field, stride: 4) else { return [] }
    var tables: [FlatTable] = []
    for place in stride(from: range.lowerBound, to: range.upperBound, by: 4) {
      let target = place + Int(try Self.load(UInt32.self, bytes, place))
      tables.append(try FlatTable(bytes, at: target))
    }
    return tables
  }

  /// The 64-bit words of the structures that a field lists, each of `wordsEach`.
  func words(_ field: Int, wordsEach: Int = 1) throws(StoreError) -> [Int64] {
    guard let range = try vector(field, stride: 8 * wordsEach) else { return [] }
    var words: [Int64] = []
    words.reserveCapacity(range.count / 8)
    for place in stride(from: range.lowerBound, to: range.upperBound, by: 8) {
      words.append(try Self.load(Int64.self, bytes, place))
    }
    return words
  }

  private func place(_ field: Int) throws(StoreError) -> Int? {
    let entry = 4 + 2 * field
    guard entry + 2 <= vtableCount else { return nil }
    let offset = Int(try Self.load(UInt16.self, bytes, vtable + entry))
    return offset == 0 ? nil : position + offset
  }

  private func target(_ field: Int) throws(StoreError) -> Int? {
    guard let place = try place(field) else { return nil }
    return place + Int(try Self.load(UInt32.self, bytes, place))
  }

  /// The range of a vector's elements, all within the buffer.
  private func vector(_ field: Int, stride: Int) throws(StoreError) -> Range<Int>? {
    guard let place = try target(field) else { return nil }
    let count = Int(try Self.load(UInt32.self, bytes, place))
    guard count <= (bytes.count - place - 4) / stride else { throw Self.damage }
    return place + 4..<place + 4 + count * stride
  }

  private static func load<Number: FixedWidthInteger>(
    _ type: Number.Type, _ bytes: [UInt8], _ place: Int
  ) throws(StoreError) -> Number {
    let size = MemoryLayout<Number>.size
    guard place >= 0, place <= bytes.count - size else { throw damage }
    return (0..<size).reduce(0) { $0 | Number(truncatingIfNeeded: bytes[place + $1]) << ($1 * 8) }
  }

  private static var damage: StoreError { ArrowFault.damaged("an offset in its metadata") }
}
