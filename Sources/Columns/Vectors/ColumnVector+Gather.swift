package import Model

/// A run of rows of one of several vectors.
package struct RowRun: Equatable, Sendable {
  /// The index of the vector.
  package var source: Int32
  package var start: Int32
  package var count: Int32

  /// `count` rows of vector `source` from row `start` on.
  package init(source: Int32, start: Int32, count: Int32) {
    self.source = source
    self.start = start
    self.count = count
  }
}

extension ColumnVector {
  /// The rows that `runs` name, one run after the other; all sources have the type `type`.
  package static func gather(
    _ runs: [RowRun], from sources: [ColumnVector], type: ColumnType
  ) -> ColumnVector {
    let count = runs.reduce(0) { $0 + Int($1.count) }
    let used = runs.map { Int($0.source) }
    guard used.contains(where: { !sources[$0].isAllNull }) else { return nulls(type, count: count) }
    let validity = gatherValidity(runs, sources, count: count)
    let values: Values =
      switch type {
      case .bool: .bool(gatherBits(runs, sources, count: count))
      case .int64, .timestamp: .int64(gatherIntegers(runs, sources, count: count))
      case .float64: gatherFloats(runs, sources, count: count)
      case .string, .json, .file, .vector: gatherText(runs, sources, count: count)
      }
    return ColumnVector(type: type, count: count, validity: validity, values: values)
  }

  /// The rows of `range`.
  package func slice(_ range: Range<Int>) -> ColumnVector {
    if range == 0..<count { return self }
    let run = RowRun(source: 0, start: Int32(range.lowerBound), count: Int32(range.count))
    return Self.gather([run], from: [self], type: type)
  }

  private static func gatherValidity(
    _ runs: [RowRun], _ sources: [ColumnVector], count: Int
  ) -> Bitmap? {
    guard runs.contains(where: { sources[Int($0.source)].validity != nil }) else { return nil }
    var bits = Bitmap(repeating: true, count: count)
    var row = 0
    for run in runs {
      if let validity = sources[Int(run.source)].validity {
        for offset in 0..<Int(run.count) where !validity[Int(run.start) + offset] {
          bits[row + offset] = false
        }
      }
      row += Int(run.count)
    }
    return bits
  }

  private static func gatherBits(
    _ runs: [RowRun], _ sources: [ColumnVector], count: Int
  ) -> Bitmap {
    var bits = Bitmap(repeating: false, count: count)
    var row = 0
    for run in runs {
      if case .bool(let source) = sources[Int(run.source)].values {
        for offset in 0..<Int(run.count) where source[Int(run.start) + offset] {
          bits[row + offset] = true
        }
      }
      row += Int(run.count)
    }
    return bits
  }

  private static func gatherIntegers(
    _ runs: [RowRun], _ sources: [ColumnVector], count: Int
  ) -> [Int64] {
    var result: [Int64] = []
    result.reserveCapacity(count)
    for run in runs {
      let range = Int(run.start)..<Int(run.start + run.count)
      if case .int64(let source) = sources[Int(run.source)].values {
        result.append(contentsOf: source[range])
      } else {
        result.append(contentsOf: repeatElement(0, count: range.count))
      }
    }
    return result
  }

  private static func gatherFloats(
    _ runs: [RowRun], _ sources: [ColumnVector], count: Int
  ) -> Values {
    var result: [Double] = []
    result.reserveCapacity(count)
    var integral: Bitmap?
    for run in runs {
      let range = Int(run.start)..<Int(run.start + run.count)
      guard case .float64(let source, let marks) = sources[Int(run.source)].values else {
        result.append(contentsOf: repeatElement(0, count: range.count))
        continue
      }
      if let marks {
        for index in range where marks[index] {
          if integral == nil { integral = Bitmap(repeating: false, count: count) }
          integral?[result.count + index - range.lowerBound] = true
        }
      }
      result.append(contentsOf: source[range])
    }
    return .float64(result, integral: integral)
  }
}
