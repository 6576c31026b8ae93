import Model

/// Reads structs in Thrift's compact protocol
/// (https://github.com/apache/thrift/blob/master/doc/specs/thrift-compact-protocol.md), trusting no
/// count: each is checked against the bytes that are left.
struct ThriftReader {
  /// The head of a field.
  struct Field {
    let id: Int
    /// The type on the wire, 1 to 13.
    fileprivate let kind: UInt8
  }

  /// The greatest depth of structs in unknown fields.
  private static let depthLimit = 32

  private let bytes: [UInt8]
  private(set) var position: Int
  private let end: Int

  /// A reader of `bytes[range]`.
  init(_ bytes: [UInt8], _ range: Range<Int>) {
    self.bytes = bytes
    position = range.lowerBound
    end = range.upperBound
  }

  /// The next field of a struct whose last field was `last`, which becomes this one's number; nil
  /// at the struct's end.
  mutating func field(after last: inout Int) throws(StoreError) -> Field? {
    let head = try byte()
    if head == 0 { return nil }
    let kind = head & 0x0F
    guard (1...13).contains(kind) else { throw Self.damage }
    let delta = Int(head >> 4)
    let id = delta == 0 ? Int(truncatingIfNeeded: try zigzag()) : last + delta
    guard (0...Int(Int16.max)).contains(id) else { throw Self.damage }
    last = id
    return Field(id: id, kind: kind)
  }

  /// The value of a field that is an integer.
  mutating func integer(_ field: Field) throws(StoreError) -> Int {
    switch field.kind {
    case 3: return Int(Int8(bitPattern: try byte()))
    case 4...6: return Int(try zigzag())
    default: throw Self.damage
    }
  }

  /// The value of a field that is true or false.
  func bool(_ field: Field) throws(StoreError) -> Bool {
    guard field.kind <= 2 else { throw Self.damage }
    return field.kind == 1
  }

  /// The bytes of a field.
  mutating func binary(_ field: Field) throws(StoreError) -> ArraySlice<UInt8> {
    guard field.kind == 8 else { throw Self.damage }
    return try binaryElement()
  }

  /// The text of a field.
  mutating func text(_ field: Field) throws(StoreError) -> String {
    guard let text = String(validating: try binary(field), as: UTF8.self) else {
      throw ParquetFault.damaged("a name is not UTF-8")
    }
    return text
  }

  /// Expects a struct, whose fields follow.
  func structure(_ field: Field) throws(StoreError) {
    guard field.kind == 12 else { throw Self.damage }
  }

  /// The count of a list of structs, whose elements follow.
  mutating func structures(_ field: Field) throws(StoreError) -> Int {
    guard field.kind == 9 else { throw Self.damage }
    let (kind, count) = try listHead()
    guard kind == 12 || count == 0 else { throw Self.damage }
    return count
  }

  /// Passes over a field.
  mutating func skip(_ field: Field) throws(StoreError) { try skip(field.kind, depth: 0) }

  private mutating func skip(_ kind: UInt8, depth: Int) throws(StoreError) {
    guard depth < Self.depthLimit else {
      throw ParquetFault.unsupported("metadata within more than \(Self.depthLimit) others")
    }
    switch kind {
    case 1, 2: break
    case 3: _ = try byte()
    case 4...6: _ = try varint()
    case 7: try advance(8)
    case 8: _ = try binaryElement()
    case 9, 10:
      let (kind, count) = try listHead()
      // In a list, true and false take a byte each.
      for _ in 0..<count { try skip(kind <= 2 ? 3 : kind, depth: depth + 1) }
    case 11:
      let count = try count()
      guard count > 0 else { break }
      let kinds = try byte()
      for _ in 0..<count {
        for kind in [kinds >> 4, kinds & 15] { try skip(kind <= 2 ? 3 : kind, depth: depth + 1) }
      }
    case 12:
      var last = 0
      while let field = try field(after: &last) { try skip(field.kind, depth: depth + 1) }
    case 13: try advance(16)
    default: throw Self.damage
    }
  }

  private mutating func listHead() throws(StoreError) -> (kind: UInt8, count: Int) {
    let head = try byte()
    let short = Int(head >> 4)
    let count = short == 15 ? try count() : short
    // An element takes a byte at least; for empty lists, some writers name no type.
    guard count <= end - position, count == 0 || (1...13).contains(head & 15) else {
      throw Self.damage
    }
    return (head & 15, count)
  }

  private mutating func binaryElement() throws(StoreError) -> ArraySlice<UInt8> {
    let count = try count()
    let start = position
    try advance(count)
    return bytes[start..<position]
  }

  private mutating func count() throws(StoreError) -> Int {
    let count = try varint()
    guard count <= UInt64(end - position) else { throw Self.damage }
    return Int(count)
  }

  private mutating func advance(_ count: Int) throws(StoreError) {
    guard count <= end - position else { throw Self.damage }
    position += count
  }

  private mutating func byte() throws(StoreError) -> UInt8 {
    guard position < end else { throw Self.damage }
    defer { position += 1 }
    return bytes[position]
  }

  private mutating func varint() throws(StoreError) -> UInt64 {
    var value: UInt64 = 0
    for shift in stride(from: UInt64(0), to: 64, by: 7) {
      let next = try byte()
      value |= UInt64(next & 0x7F) << shift
      if next < 0x80 { return value }
    }
    throw Self.damage
  }

  private mutating func zigzag() throws(StoreError) -> Int64 {
    let value = try varint()
    return Int64(bitPattern: value >> 1) ^ -Int64(bitPattern: value & 1)
  }

  private static var damage: StoreError { ParquetFault.damaged("its metadata cannot be read") }
}
