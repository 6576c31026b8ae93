import Formats
import Model
import Testing

/// Files that are whole, and have more of something than is read.
@Suite struct ParquetLimitTests {
  /// A value in Thrift's compact protocol.
  private indirect enum Thrift {
    case small(Int)
    case large(Int)
    case text(String)
    case list(UInt8, [Thrift])
    case structure([(id: Int, value: Thrift)])

    var kind: UInt8 {
      switch self {
      case .small: 5
      case .large: 6
      case .text: 8
      case .list: 9
      case .structure: 12
      }
    }

    private static func varint(_ value: UInt64) -> [UInt8] {
      value < 0x80 ? [UInt8(value)] : [UInt8(value & 0x7F) | 0x80] + varint(value >> 7)
    }

    var bytes: [UInt8] {
      switch self {
      case .small(let value), .large(let value): return Self.varint(UInt64(value) << 1)
      case .text(let text): return Self.varint(UInt64(text.utf8.count)) + Array(text.utf8)
      case .list(let kind, let values):
        return [UInt8(values.count) << 4 | kind] + values.flatMap(\.bytes)
      case .structure(let fields):
        var bytes: [UInt8] = []
        var last = 0
        for (id, value) in fields {
          bytes += [UInt8(id - last) << 4 | value.kind] + value.bytes
          last = id
        }
        return bytes + [0]
      }
    }
  }

  /// A file of one column, which repeats where it is `repeated`, with one page of eight bytes.
  private static func file(
    rows: Int, values: Int, isRepeated: Bool = true, type: Int = 1, length: Int = 0,
    encoding: Int = 0, body: [UInt8] = [UInt8](repeating: 0, count: 8)
  ) -> [UInt8] {
    let page = Thrift.structure([
      (1, .small(0)), (2, .small(body.count)), (3, .small(body.count)),
      (
        5,
        .structure([
          (1, .small(values)), (2, .small(encoding)), (3, .small(3)), (4, .small(3)),
        ])
      ),
    ]).bytes
    let chunk = Thrift.structure([
      (1, .small(type)), (2, .list(5, [.small(0)])), (3, .list(8, [.text("a")])), (4, .small(0)),
      (5, .large(values)), (6, .large(page.count + body.count)),
      (7, .large(page.count + body.count)), (9, .large(4)),
    ])
    let root = Thrift.structure([(4, .text("schema")), (5, .small(1))])
    let leaf = Thrift.structure([
      (1, .small(type)), (2, .small(length)), (3, .small(isRepeated ? 2 : 0)), (4, .text("a")),
    ])
    let group = Thrift.structure([
      (1, .list(12, [.structure([(2, .large(4)), (3, chunk)])])), (2, .large(page.count)),
      (3, .large(rows)),
    ])
    let footer = Thrift.structure([
      (1, .small(1)), (2, .list(12, [root, leaf])), (3, .large(rows)), (4, .list(12, [group])),
    ]).bytes
    let end = (0..<4).map { UInt8(truncatingIfNeeded: footer.count >> ($0 * 8)) }
    return Array("PAR1".utf8) + page + body + footer + end + Array("PAR1".utf8)
  }

  private func refusal(_ bytes: [UInt8]) -> String {
    do throws(StoreError) {
      var reader = try ParquetReader(SeekableFile(name: "x", bytes: bytes))
      while try reader.next() != nil {}
      return ""
    } catch {
      return error.message
    }
  }

  @Test func `a limit is named as one, with what to do, and is no damage`() {
    // The head of a page of differences: the size of a block, its parts, the number of values.
    let blocks: [UInt8] = [0x80, 0x80, 0x08, 0x01, 0x01, 0x00]
    let many: [UInt8] = [0x80, 0x01, 0x04, 0x81, 0x80, 0x80, 0x08, 0x00]
    for (bytes, limit) in [
      (Self.file(rows: 1, values: 1 << 26 + 1), "more than 67108864 values"),
      (Self.file(rows: 1 << 40, values: 1 << 40, isRepeated: false), "rows for each of its bytes"),
      (Self.file(rows: 1, values: 1, isRepeated: false, type: 7, length: 1 << 20 + 1), "1048576"),
      (Self.file(rows: 1, values: 1, isRepeated: false, encoding: 5, body: blocks), "65536"),
      (
        Self.file(
          rows: 1 << 24 + 1, values: 1 << 24 + 1, isRepeated: false, encoding: 5,
          body: many + [UInt8](repeating: 0, count: 512)), "16777216"
      ),
      (Self.file(rows: 1, values: 1, type: 9), "type that is not known"),
    ] {
      let refusal = refusal(bytes)
      #expect(refusal.contains(limit) && refusal.contains("supported: "), "\(refusal)")
      #expect(!refusal.contains("damaged"), "\(refusal)")
    }
  }

  @Test func `what no writer makes is damage still`() {
    for bytes in [
      Self.file(rows: 1, values: 1, isRepeated: false, type: 7, length: 0),
      Self.file(rows: 1, values: 1, isRepeated: false, encoding: 5, body: [0, 1, 1, 0]),
    ] {
      #expect(refusal(bytes).contains("damaged"), "\(refusal(bytes))")
    }
  }
}
