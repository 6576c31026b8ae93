import Columns
import Formats
import Model
import Store
import TestSupport
import Testing

/// The shapes of nested columns in a store.
@Suite struct ShapeTests {
  private static let lines = """
    {"id":1,"turns":[{"role":"user","content":"hi"}],"scores":{"a":1,"b":0.5},"mix":[1]}
    {"id":2,"turns":[],"scores":{"a":2},"mix":"x"}
    {"id":3,"turns":[{"role":"tool","content":null}]}
    {"id":4}

    """

  private func manifest(_ reference: String, _ store: Store) throws -> SnapshotManifest {
    try store.snapshot(try store.resolve(Reference(parsing: reference))).manifest
  }

  private func push(
    _ bytes: [UInt8], _ format: FileFormat, to name: String, _ store: Store,
    mode: PushMode = .replace
  ) throws -> PushResult {
    var options = PushOptions()
    options.key = ["id"]
    options.mode = mode
    let reader: any RowReader =
      switch format {
      case .parquet: try ParquetReader(SeekableFile(name: "x", bytes: bytes))
      case .arrow: try ArrowReader(SeekableFile(name: "x", bytes: bytes))
      default: try JSONReader(MemorySource(name: "x", bytes: bytes), layout: .lines)
      }
    return try store.push(try DatasetName(name), reader, options)
  }

  /// A version as a file.
  private func file(
    _ reference: String, _ format: FileFormat, _ store: Store, withShapes: Bool = true
  ) throws -> [UInt8] {
    let snapshot = try store.snapshot(try store.resolve(Reference(parsing: reference)))
    let columns = snapshot.schema.columns
    var text = TableText(
      format, columns: columns, shapes: withShapes ? snapshot.manifest.shapes : nil, nulls: false)
    var bytes: [UInt8] = []
    let groups = snapshot.manifest.groups.indices
    try text.append(try snapshot.batches(groups: groups, columns: Array(columns.indices))) {
      bytes += $0
    }
    try text.finish { bytes += $0 }
    return bytes
  }

  @Test(arguments: [FileFormat.parquet, .arrow])
  func `the same values have one digest from text and from lists`(format: FileFormat) throws {
    let temporary = try TemporaryStore()
    let store = temporary.store
    let first = try push(Array(Self.lines.utf8), .jsonl, to: "d", store).version
    let shapes = try manifest("d", store).shapes.map { $0?.description }
    #expect(
      shapes == [
        nil, "[{\"role\":string,\"content\":string}]", "{\"a\":int64,\"b\"?:float64}", nil,
      ])
    let bytes = try file("d", format, store)
    #expect(try push(bytes, format, to: "d", store).isNew == false)
    #expect(try push(bytes, format, to: "other", store).version.snapshot == first.snapshot)
    #expect(try temporary.reopened().verify().damage == [])
  }

  @Test func `a shape is that of all rows, whatever was there before and however they came`() throws
  {
    let temporary = try TemporaryStore()
    let store = temporary.store
    _ = try push(Array(#"{"id":1,"v":[1]}"#.utf8), .jsonl, to: "d", store)
    let more = Array(#"{"id":2,"v":[0.5]}"#.utf8)
    _ = try push(more, .jsonl, to: "d", store, mode: .append)
    #expect(try manifest("d", store).shapes[1] == .list(.number))
    let mixed = Array(#"{"id":1,"v":{"a":1}}"#.utf8)
    _ = try push(mixed, .jsonl, to: "d", store, mode: .merge)
    #expect(try manifest("d", store).shapes[1] == nil)
    _ = try push(more, .jsonl, to: "d", store)
    #expect(try manifest("d", store).shapes[1] == .list(.float64))
    #expect(
      try push(more, .jsonl, to: "e", store).version.snapshot
        == store.resolve(Reference(parsing: "d")).snapshot)
  }

  @Test func `rows of many groups have one shape`() throws {
    let temporary = try TemporaryStore()
    let text = (0..<20_000).map { "{\"id\":\($0),\"v\":[\($0)]}" }
    let last = #"{"id":20000,"v":[0.5,null]}"#
    let lines = (text + [last]).joined(separator: "\n")
    _ = try push(Array(lines.utf8), .jsonl, to: "d", temporary.store)
    let manifest = try manifest("d", temporary.store)
    #expect(manifest.groups.count > 1)
    #expect(manifest.shapes[1] == .list(.number))
  }

  @Test func `a file that knows nothing of left-out members changes no row`() throws {
    let temporary = try TemporaryStore()
    let store = temporary.store
    _ = try push(Array(Self.lines.utf8), .jsonl, to: "d", store)
    // As pandas writes it: every member, and floats in the place of integers.
    let foreign = Self.lines.replacing(#"{"a":2}"#, with: #"{"a":2.0,"b":null}"#)
      .replacing(#"{"a":1,"#, with: #"{"a":1.0,"#).replacing(#","mix":[1]"#, with: "")
      .replacing(#","mix":"x""#, with: "")
    _ = try push(Array(foreign.utf8), .jsonl, to: "foreign", store)
    let bytes = try file("foreign", .parquet, store)
    let merged = try push(bytes, .parquet, to: "d", store, mode: .merge)
    #expect(merged.isNew == false)
  }
}
