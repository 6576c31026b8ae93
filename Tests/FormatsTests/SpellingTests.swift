import Columns
import Formats
import Foundation
import Model
import Testing

/// Columns whose names look the same, in files of other writers.
@Suite struct ColumnSpellingTests {
  @Test func `a Parquet file of another writer keeps both`() throws {
    let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    let table = try readAll(
      SeekableFile.open(path: folder.path + "/Fixtures/two-spellings.parquet"))
    let names = table.columns.map(\.name)
    #expect(names.count == names.textSet.count)
    #expect(Set(names).count < names.count, "the file shows nothing")
  }

  @Test func `CSV refuses the same name twice, and no other spelling of it`() throws {
    let (one, two) = ("caf\u{E9}", "cafe\u{301}")
    let read = try readCSV(Array("\(one),\(two)\n1,2\n".utf8))
    #expect(read.rows.columns.map { DataText($0.name) } == [DataText(one), DataText(two)])
    let error = #expect(throws: StoreError.self) { try readCSV(Array("\(one),\(one)\n1,2\n".utf8)) }
    #expect(error?.kind == .invalid)
  }
}
