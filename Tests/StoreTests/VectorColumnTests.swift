import Columns
import Formats
import Foundation
import Model
import Store
import TestSupport
import Testing

/// Columns of vectors in a store.
@Suite struct VectorColumnTests {
  private let type = ColumnType(rawValue: "vector(3,f32)") ?? .json

  private func push(
    _ text: String, types: [DataText: ColumnType] = [:],
    mode: PushMode = .replace, to name: String = "d", _ store: Store
  ) throws -> PushResult {
    try push(Array(text.utf8), .jsonl, types: types, mode: mode, to: name, store)
  }

  private func push(
    _ bytes: [UInt8], _ format: FileFormat, types: [DataText: ColumnType] = [:],
    mode: PushMode = .replace, to name: String = "d", _ store: Store
  ) throws -> PushResult {
    var options = PushOptions()
    options.key = ["id"]
    options.mode = mode
    options.types = types
    let folder = try TemporaryDirectory()
    let path = folder.path + "/file"
    try Data(bytes).write(to: URL(fileURLWithPath: path))
    let reader = try TableReader.open(
      path: path, format, compression: nil, name: "file", types: types)
    return try store.push(try DatasetName(name), reader, options)
  }

  private func file(_ format: FileFormat, of name: String = "d", _ store: Store) throws -> [UInt8] {
    let snapshot = try store.snapshot(try store.resolve(Reference(parsing: name)))
    let columns = snapshot.schema.columns
    var text = TableText(
      format, columns: columns, shapes: snapshot.manifest.shapes, nulls: false)
    var bytes: [UInt8] = []
    let groups = snapshot.manifest.groups.indices
    try text.append(try snapshot.batches(groups: groups, columns: Array(columns.indices))) {
      bytes += $0
    }
    try text.finish { bytes += $0 }
    return bytes
  }

  private func types(_ store: Store, _ name: String = "d") throws -> [String] {
    try store.snapshot(try store.resolve(Reference(parsing: name))).schema.columns
      .map(\.type.rawValue)
  }

  private static let lines = """
    {"id":1,"v":[0.1,-2.0,3.5]}
    {"id":2}
    {"id":3,"v":["nan",0.0,"inf"]}

    """

  @Test(arguments: FileFormat.allCases)
  func `vectors go out and come back unchanged in every format`(format: FileFormat) throws {
    let temporary = try TemporaryStore()
    let store = temporary.store
    let first = try push(Self.lines, types: ["v": type], store).version
    #expect(try types(store) == ["int64", "vector(3,f32)"])
    let bytes = try file(format, store)
    if format == .jsonl { #expect(String(decoding: bytes, as: UTF8.self) == Self.lines) }
    #expect(try push(bytes, format, store).isNew == false)
    #expect(try push(bytes, format, mode: .merge, store).isNew == false)
    let other = try push(
      bytes, format, types: format == .parquet || format == .arrow ? [:] : ["v": type],
      to: "other", store)
    #expect(other.version.snapshot == first.snapshot)
    #expect(try temporary.reopened().verify().damage == [])
  }

  @Test func `a column of lists stays json until a type is named for it`() throws {
    let temporary = try TemporaryStore()
    let store = temporary.store
    let lines = #"{"id":1,"v":[0.10000000149011612,1.0,2.0]}"#
    _ = try push(lines, store)
    #expect(try types(store) == ["int64", "json"])
    _ = try push(lines, types: ["v": type], to: "vectors", store)
    for format in [FileFormat.parquet, .arrow] {
      let bytes = try file(format, of: "vectors", store)
      #expect(try push(bytes, format, store).isNew == false)
      #expect(try push(bytes, format, mode: .merge, store).isNew == false)
    }
    #expect(try push(lines, types: ["v": type], store).isNew)
    #expect(try types(store) == ["int64", "vector(3,f32)"])
  }

  @Test func `a list of another length makes the column json again`() throws {
    let temporary = try TemporaryStore()
    let store = temporary.store
    _ = try push(Self.lines, types: ["v": type], store)
    _ = try push(#"{"id":4,"v":[1.5]}"#, mode: .append, store)
    #expect(try types(store) == ["int64", "json"])
    let text = String(decoding: try file(.jsonl, store), as: UTF8.self)
    #expect(text == Self.lines + #"{"id":4,"v":[1.5]}"# + "\n")
  }

  @Test func `a named type that a value does not fit is refused with its line`() throws {
    let temporary = try TemporaryStore()
    let error = #expect(throws: StoreError.self) {
      try push(
        "{\"id\":1,\"v\":[1,2,3]}\n{\"id\":2,\"v\":[1,2]}", types: ["v": type], temporary.store)
    }
    #expect(error?.kind == .invalid)
    #expect(error?.location?.line == 2)
    #expect(error?.message.contains("'v'") == true)
  }

  @Test func `an edited vector is stored as a small change and diffs as a list`() throws {
    let temporary = try TemporaryStore()
    let store = temporary.store
    let rows = (0..<3000).map { "{\"id\":\($0),\"v\":[\($0).5,0.25,-1.0]}" }
    _ = try push(rows.joined(separator: "\n"), types: ["v": type], store)
    var edited = rows
    edited[7] = "{\"id\":7,\"v\":[0.0,0.0,0.0]}"
    let second = try push(edited.joined(separator: "\n"), store)
    #expect(try types(store) == ["int64", "vector(3,f32)"])
    #expect(second.storedBytes < 3000)
    #expect(
      String(decoding: try file(.jsonl, store), as: UTF8.self)
        == edited.joined(separator: "\n") + "\n")
  }
}
