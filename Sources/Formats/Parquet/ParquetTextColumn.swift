import Columns

/// The texts of a column that is being written.
enum ParquetTextColumn {
  /// The longest text that statistics hold.
  private static let boundLimit = 64

  /// The number of each row's text that is not null, and the texts by number; nil when too few
  /// repeat for that to pay.
  static func dictionary(
    _ pieces: [ParquetColumnPiece]
  ) -> (codes: [UInt32], words: TextValues)? {
    var table = ParquetTextTable()
    var codes: [UInt32] = []
    for piece in pieces {
      switch piece.vector.values {
      case .dictionary(let numbers, let words):
        var known = [UInt32?](repeating: nil, count: words.count)
        piece.forEachPresent { row in
          let word = Int(numbers[row])
          if let code = known[word] {
            codes.append(code)
          } else {
            let code = table.number(of: words.bytes[words.range(word)])
            known[word] = code
            codes.append(code)
          }
        }
      case .text(let texts):
        let validity = piece.vector.validity
        for row in piece.rows where validity?[row] ?? true {
          codes.append(table.number(of: texts.bytes[texts.range(row)]))
          if table.isTooLarge(rows: codes.count) { return nil }
        }
      default: continue
      }
      if table.isTooLarge(rows: codes.count) { return nil }
    }
    return table.words.count > 0 && table.words.count * 2 <= codes.count
      ? (codes, table.words) : nil
  }

  /// The texts of all rows that are not null.
  static func dense(_ pieces: [ParquetColumnPiece]) -> TextValues {
    var dense = TextValues()
    for piece in pieces {
      switch piece.vector.values {
      case .dictionary(let numbers, let words):
        piece.forEachPresent { dense.append(words.bytes[words.range(Int(numbers[$0]))]) }
      case .text(let texts):
        piece.forEachPresent { dense.append(texts.bytes[texts.range($0)]) }
      default: continue
      }
    }
    return dense
  }

  /// Appends texts in the plain encoding: each after its length in four bytes.
  static func append(_ texts: TextValues, _ range: Range<Int>, to page: inout [UInt8]) {
    let offsets = texts.offsets
    let size = Int(offsets[range.upperBound]) - Int(offsets[range.lowerBound]) + range.count * 4
    page.append(addingCapacity: size) { (spare: inout OutputSpan<UInt8>) in
      unsafe spare.withUnsafeMutableBufferPointer { target, initialized in
        unsafe texts.bytes.withUnsafeBufferPointer { source in
          guard var to = target.baseAddress else { return }
          for index in range {
            let (start, stop) = (Int(offsets[index]), Int(offsets[index + 1]))
            let length = UInt32(truncatingIfNeeded: stop - start).littleEndian
            unsafe UnsafeMutableRawPointer(to).storeBytes(of: length, as: UInt32.self)
            unsafe to += 4
            if let from = source.baseAddress {
              unsafe to.update(from: from + start, count: stop - start)
            }
            unsafe to += stop - start
          }
        }
        initialized += size
      }
    }
  }

  /// The first and the last text by their bytes; nil when there are no texts, or one is long.
  static func bounds(_ texts: TextValues) -> (least: [UInt8], most: [UInt8])? {
    guard texts.count > 0 else { return nil }
    var (least, most) = (0, 0)
    for index in 1..<max(1, texts.count) {
      let text = texts.bytes[texts.range(index)]
      if precedes(text, texts.bytes[texts.range(least)]) {
        least = index
      } else if precedes(texts.bytes[texts.range(most)], text) {
        most = index
      }
    }
    let bounds = (
      least: Array(texts.bytes[texts.range(least)]), most: Array(texts.bytes[texts.range(most)])
    )
    return max(bounds.least.count, bounds.most.count) <= boundLimit ? bounds : nil
  }

  private static func precedes(_ left: ArraySlice<UInt8>, _ right: ArraySlice<UInt8>) -> Bool {
    left.lexicographicallyPrecedes(right)
  }
}
