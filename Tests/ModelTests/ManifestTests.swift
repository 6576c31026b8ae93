import Model
import Testing

@Suite struct ManifestTests {
  private func manifest(_ columns: String) -> SnapshotManifest? {
    SnapshotManifest(parsing: Array(#"{"columns":[\#(columns)],"groups":[],"key":[]}"#.utf8))
  }

  @Test func `a column has a name, a type and a shape if its values share one`() throws {
    let shaped = try #require(manifest(#"["v","json","[{\"a\"?:int64}]"],["n","int64"]"#))
    #expect(
      shaped.shapes == [
        .list(.structure([.init(name: "a", shape: .int64, isOptional: true)])), nil,
      ])
    #expect(SnapshotManifest(parsing: shaped.json.canonicalBytes) == shaped)
    let bare = try #require(manifest(#"["v","json"],["n","int64"]"#))
    #expect(bare != shaped)
    #expect(bare.json.canonicalBytes != shaped.json.canonicalBytes)
    // Versions that were saved before there were shapes have the same rows.
    #expect(bare.hasContent(of: shaped))
    #expect(try !bare.hasContent(of: #require(manifest(#"["v","json"],["m","int64"]"#))))
  }

  @Test(arguments: [
    #"["v","int64","[int64]"]"#, #"["v","json","int64 "]"#, #"["v","json",""]"#,
    #"["v","json","[int64]","x"]"#, #"["v"]"#, #"["v","json",1]"#,
  ])
  func `a column that is something else is refused`(column: String) {
    #expect(manifest(column) == nil)
  }
}
