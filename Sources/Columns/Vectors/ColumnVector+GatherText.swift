import Model

extension ColumnVector {
  /// Keeps a dictionary when the source that gives most rows has one, else copies the texts.
  static func gatherText(_ runs: [RowRun], _ sources: [ColumnVector], count: Int) -> Values {
    var rowsOfSource = [Int](repeating: 0, count: sources.count)
    for run in runs { rowsOfSource[Int(run.source)] += Int(run.count) }
    let largest = rowsOfSource.indices.max { rowsOfSource[$0] < rowsOfSource[$1] } ?? 0
    if case .dictionary = sources[largest].values {
      return gatherCodes(runs, sources, isUsed: rowsOfSource.map { $0 > 0 }, count: count)
    }
    return .text(copyText(runs, sources, count: count))
  }

  /// Sets the word lists one after another; equal words of two sources stay apart, which readers do
  /// not mind and the next encoding joins.
  private static func gatherCodes(
    _ runs: [RowRun], _ sources: [ColumnVector], isUsed: [Bool], count: Int
  ) -> Values {
    var words = TextValues()
    var firstWord = [UInt32](repeating: 0, count: sources.count)
    for index in sources.indices where isUsed[index] {
      firstWord[index] = UInt32(words.count)
      switch sources[index].values {
      case .text(let more), .dictionary(_, let more): words.append(all: more)
      default: words.append([])
      }
    }
    var codes: [UInt32] = []
    codes.reserveCapacity(count)
    for run in runs {
      let range = Int(run.start)..<Int(run.start + run.count)
      let first = firstWord[Int(run.source)]
      switch sources[Int(run.source)].values {
      case .dictionary(let source, _): for index in range { codes.append(first + source[index]) }
      case .text: for index in range { codes.append(first + UInt32(index)) }
      default: codes.append(contentsOf: repeatElement(first, count: range.count))
      }
    }
    return .dictionary(codes: codes, words: words)
  }

  private static func copyText(
    _ runs: [RowRun], _ sources: [ColumnVector], count: Int
  ) -> TextValues {
    var result = TextValues()
    result.offsets.reserveCapacity(count + 1)
    let biggest = sources.map(\.textByteCount).max() ?? 0
    result.bytes.reserveCapacity(biggest + biggest / 16)
    for run in runs {
      let range = Int(run.start)..<Int(run.start + run.count)
      switch sources[Int(run.source)].values {
      case .text(let source): result.append(source, rows: range)
      case .dictionary(let codes, let words):
        for index in range { result.append(words.bytes[words.range(Int(codes[index]))]) }
      default:
        let end = UInt32(result.bytes.count)
        result.offsets.append(contentsOf: repeatElement(end, count: range.count))
      }
    }
    return result
  }

  private var textByteCount: Int {
    if case .text(let text) = values { text.bytes.count } else { 0 }
  }
}

extension TextValues {
  /// Adds a run of another's texts: one copy of bytes and shifted offsets.
  mutating func append(_ other: TextValues, rows: Range<Int>) {
    let from = other.offsets[rows.lowerBound]
    let until = other.offsets[rows.upperBound]
    let shift = UInt32(bytes.count) &- from
    bytes.append(contentsOf: other.bytes[Int(from)..<Int(until)])
    for index in rows { offsets.append(other.offsets[index + 1] &+ shift) }
  }

  mutating func append(all other: TextValues) { append(other, rows: 0..<other.count) }
}
