import Columns
import Model
import TestSupport
import Testing

@Suite struct ChunkTests {
  @Test(arguments: RandomVectors.types, [0, 1, 2, 7, 8, 9, 300])
  func `every column decodes to what was encoded`(type: ColumnType, count: Int) throws {
    let compressor = try Compressor()
    let decoder = try ChunkDecoder()
    for seed in 0..<12 {
      var random = SeededGenerator(seed: UInt64(seed * 1000 + count))
      let vector = RandomVectors.vector(type, count: count, using: &random)
      let decoded = try decoder.decode(StoredChunk(try RawChunk(vector).frames(compressor)))
      #expect(decoded.script == nil)
      #expect(decoded.values == vector, "seed \(seed)")
      #expect(decoded.values.digest == vector.digest, "seed \(seed)")
    }
  }

  @Test(arguments: RandomVectors.types)
  func `a script applied to its base gives the new column`(type: ColumnType) throws {
    let compressor = try Compressor()
    let decoder = try ChunkDecoder()
    for seed in 0..<30 {
      var random = SeededGenerator(seed: UInt64(seed))
      let base = RandomVectors.vector(
        type, count: Int.random(in: 1...120, using: &random), using: &random)
      let edit = RandomEdit(of: base, using: &random)
      let script = RowScript(from: base, to: edit.vector, baseRows: edit.baseRows)
      let newRuns = script.newRowIndices.map { RowRun(source: 0, start: Int32($0), count: 1) }
      let newValues = ColumnVector.gather(newRuns, from: [edit.vector], type: type)
      let stored = StoredChunk(
        try RawChunk(script, newValues: newValues).frames(compressor))
      let decoded = try decoder.decode(stored)
      #expect(decoded.script == script, "seed \(seed)")
      let runs = script.pieces.map {
        RowRun(source: $0.isNew ? 1 : 0, start: $0.start, count: $0.count)
      }
      let rebuilt = ColumnVector.gather(runs, from: [base, decoded.values], type: type)
      #expect(rebuilt == edit.vector, "seed \(seed)")
      #expect(rebuilt.digest == edit.vector.digest, "seed \(seed)")
    }
  }

  @Test func `composed scripts copy what both copy`() throws {
    for seed in 0..<200 {
      var random = SeededGenerator(seed: UInt64(seed))
      let first = RandomVectors.vector(.int64, count: 60, using: &random)
      let second = RandomEdit(of: first, using: &random)
      let third = RandomEdit(of: second.vector, using: &random)
      let older = RowScript(from: first, to: second.vector, baseRows: second.baseRows)
      let newer = RowScript(from: second.vector, to: third.vector, baseRows: third.baseRows)
      let composed = newer.composed(over: older)
      #expect(composed.rows == third.vector.count, "seed \(seed)")
      let runs = composed.pieces.compactMap { piece in
        piece.isNew ? nil : RowRun(source: 0, start: piece.start, count: piece.count)
      }
      let copied = ColumnVector.gather(runs, from: [first], type: .int64)
      let isNew = Set(composed.newRowIndices)
      let kept = (0..<third.vector.count).filter { !isNew.contains($0) }
      let expected = ColumnVector.gather(
        kept.map { RowRun(source: 0, start: Int32($0), count: 1) }, from: [third.vector],
        type: .int64)
      #expect(copied == expected, "seed \(seed)")
    }
  }

  @Test(arguments: RandomVectors.types)
  func `rows looked for down a chain are those of the newest column`(type: ColumnType) throws {
    let compressor = try Compressor()
    let decoder = try ChunkDecoder()
    for seed in 0..<20 {
      var random = SeededGenerator(seed: UInt64(seed))
      var newest = RandomVectors.vector(type, count: 80, using: &random)
      var links = [
        try decoder.decode(StoredChunk(try RawChunk(newest).frames(compressor)))
      ]
      for _ in 0..<Int.random(in: 0..<5, using: &random) {
        let edit = RandomEdit(of: newest, using: &random)
        let script = RowScript(from: newest, to: edit.vector, baseRows: edit.baseRows)
        let new = script.newRowIndices.map { RowRun(source: 0, start: Int32($0), count: 1) }
        let values = ColumnVector.gather(new, from: [edit.vector], type: type)
        newest = edit.vector
        links.insert(
          try decoder.decode(
            StoredChunk(try RawChunk(script, newValues: values).frames(compressor))), at: 0)
      }
      guard newest.count > 0 else { continue }
      let rows = (0..<Int.random(in: 0..<12, using: &random)).map { _ in
        Int32.random(in: 0..<Int32(newest.count), using: &random)
      }
      var search = RowSearch(rows)
      for link in links where !search.isDone { try search.look(at: link) }
      #expect(search.isDone, "seed \(seed)")
      let found = ColumnVector.gather(search.found, from: links.map(\.values), type: type)
      let runs = rows.map { RowRun(source: 0, start: $0, count: 1) }
      #expect(found == ColumnVector.gather(runs, from: [newest], type: type), "seed \(seed)")

      var beyond = RowSearch([Int32(newest.count)])
      #expect(throws: StoreError.self) { try beyond.look(at: links[0]) }
    }
  }

  @Test func `any flipped bit of a stored chunk is an error or harmless`() throws {
    let compressor = try Compressor()
    let decoder = try ChunkDecoder()
    var random = SeededGenerator(seed: 11)
    for type in RandomVectors.types {
      let vector = RandomVectors.vector(type, count: 40, using: &random)
      let stored = StoredChunk(try RawChunk(vector).frames(compressor))
      for bit in 0..<stored.bytes.count * 8 {
        var bytes = stored.bytes
        bytes[bit / 8] ^= 1 << UInt8(bit % 8)
        let damaged = StoredChunk(bytes: bytes, frames: stored.frames)
        guard let decoded = try? decoder.decode(damaged) else { continue }
        #expect(decoded.values == vector, "bit \(bit) of a \(type) chunk went unnoticed")
      }
    }
  }
}

/// A column with rows removed, changed, moved and added.
struct RandomEdit {
  let vector: ColumnVector
  /// The row of the original that each row continues, or -1.
  let baseRows: [Int32]

  init(of base: ColumnVector, using random: inout SeededGenerator) {
    let other = RandomVectors.vector(base.type, count: base.count, using: &random)
    var runs: [RowRun] = []
    var rows: [Int32] = []
    for index in 0..<base.count {
      let row = Int32(index)
      switch Int.random(in: 0..<20, using: &random) {
      case 0: continue
      case 1:
        runs.append(RowRun(source: 1, start: row, count: 1))
        rows.append(row)
      case 2:
        runs.append(RowRun(source: 1, start: row, count: 1))
        rows.append(-1)
      default:
        runs.append(RowRun(source: 0, start: row, count: 1))
        rows.append(row)
      }
    }
    if Bool.random(using: &random), runs.count > 1 {
      let cut = Int.random(in: 0..<runs.count, using: &random)
      runs = Array(runs[cut...] + runs[..<cut])
      rows = Array(rows[cut...] + rows[..<cut])
    }
    vector = ColumnVector.gather(runs, from: [base, other], type: base.type)
    baseRows = rows
  }
}

extension RowScript {
  /// The rows of the result (in order) that are new.
  fileprivate var newRowIndices: [Int] {
    var indices: [Int] = []
    var row = 0
    for piece in pieces {
      if piece.isNew { indices.append(contentsOf: row..<row + Int(piece.count)) }
      row += Int(piece.count)
    }
    return indices
  }
}
