import Columns

/// Writes structs in Thrift's compact protocol
/// (https://github.com/apache/thrift/blob/master/doc/specs/thrift-compact-protocol.md).
struct ThriftWriter {
  /// The types of the protocol that Parquet's metadata needs, with their numbers on the wire.
  enum Kind: UInt8 {
    case yes = 1
    case no = 2
    case byte = 3
    case int16 = 4
    case int32 = 5
    case int64 = 6
    case binary = 8
    case list = 9
    case structure = 12
  }

  private(set) var bytes: [UInt8] = []
  /// The number of the last field of each struct that is open.
  private var fields = [0]

  private mutating func field(_ id: Int, _ kind: Kind) {
    let last = fields[fields.count - 1]
    if (1...15).contains(id - last) {
      bytes.append(UInt8(id - last) << 4 | kind.rawValue)
    } else {
      bytes.append(kind.rawValue)
      zigzag(Int64(id))
    }
    fields[fields.count - 1] = id
  }

  private mutating func zigzag(_ value: Int64) {
    bytes.append(varint: UInt64(bitPattern: value << 1 ^ value >> 63))
  }

  /// A field of an integer; `kind` is `byte` to `int64`.
  mutating func integer(_ id: Int, _ value: Int, _ kind: Kind = .int32) {
    field(id, kind)
    if kind == .byte {
      bytes.append(UInt8(truncatingIfNeeded: value))
    } else {
      zigzag(Int64(value))
    }
  }

  /// A field that is true or false.
  mutating func bool(_ id: Int, _ value: Bool) { field(id, value ? .yes : .no) }

  /// A field of bytes or text.
  mutating func binary(_ id: Int, _ value: some Collection<UInt8>) {
    field(id, .binary)
    element(value)
  }

  /// A field that is a struct, whose fields `body` writes.
  mutating func structure(_ id: Int, _ body: (inout ThriftWriter) -> Void = { _ in }) {
    field(id, .structure)
    element(body)
  }

  /// The start of a field that is a list; its elements follow.
  mutating func list(_ id: Int, of kind: Kind, count: Int) {
    field(id, .list)
    if count < 15 {
      bytes.append(UInt8(count) << 4 | kind.rawValue)
    } else {
      bytes.append(0xF0 | kind.rawValue)
      bytes.append(varint: UInt64(count))
    }
  }

  /// An element of a list of integers.
  mutating func element(_ value: Int) { zigzag(Int64(value)) }

  /// An element of a list of bytes or texts.
  mutating func element(_ value: some Collection<UInt8>) {
    bytes.append(varint: UInt64(value.count))
    bytes.append(contentsOf: value)
  }

  /// A struct that is an element of a list, or the outermost.
  mutating func element(_ body: (inout ThriftWriter) -> Void) {
    fields.append(0)
    body(&self)
    fields.removeLast()
    bytes.append(0)
  }
}
