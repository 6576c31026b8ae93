import Columns
import Model

// How a state is kept between processes. Nothing but the program that wrote it reads it: the plan
// it is kept under names the format.

extension GroupedState {
  /// Part of every plan's name: another program's states are not found.
  static let format = "groups/2"

  /// Writes everything that the plan does not say.
  func write(to writer: inout StateWriter) {
    for key in keys { key.write(to: &writer) }
    writer.put(tuples.elements)
    writer.put(sizes)
    for column in columns { column.write(to: &writer) }
  }

  /// Takes in what a state of the same plan wrote; false when the bytes are anything else.
  mutating func read(_ reader: inout StateReader, _ measures: [Measure]) -> Bool {
    var numbers: [KeyNumbers] = []
    for key in keys {
      guard let read = KeyNumbers(key.type, &reader) else { return false }
      numbers.append(read)
    }
    guard let elements: [UInt32] = reader.values(), let sizes: [Int64] = reader.values(),
      elements.count == sizes.count * keys.count
    else { return false }
    var tuples = RunTable<UInt32>()
    for group in sizes.indices {
      let tuple = elements[group * keys.count..<(group + 1) * keys.count]
      guard zip(tuple, numbers).allSatisfy({ $0 <= $1.count }),
        tuples.number(of: tuple) == UInt32(group)
      else { return false }
    }
    var columns: [ColumnState] = []
    for measure in measures {
      guard let column = ColumnState(measure, count: sizes.count, &reader) else { return false }
      columns.append(column)
    }
    restore(numbers, tuples, sizes, columns)
    return true
  }
}

extension KeyNumbers {
  /// The number of values.
  var count: Int { max(words.words.count, texts.count) }

  fileprivate func write(to writer: inout StateWriter) {
    writer.put(words.words)
    writer.put((0..<texts.count).map { texts.range($0).upperBound })
    writer.put(texts.elements)
  }

  fileprivate init?(_ type: ColumnType, _ reader: inout StateReader) {
    guard let words: [UInt64] = reader.values(), let ends: [Int] = reader.values(),
      let bytes: [UInt8] = reader.values(), ends.last ?? 0 == bytes.count
    else { return nil }
    self.init(type)
    for word in words { add(word: word) }
    var start = 0
    for end in ends {
      guard end >= start, end <= bytes.count else { return nil }
      add(text: bytes[start..<end])
      start = end
    }
    guard self.words.words.count == words.count, texts.count == ends.count else { return nil }
  }
}

extension Extremes {
  fileprivate func write(to writer: inout StateWriter) {
    switch self {
    case .none: break
    case .integers(let values): writer.put(values)
    case .reals(let values): writer.put(values)
    case .texts(let texts): for text in texts { writer.put(text) }
    }
  }

  /// The extremes of the same kind that ``write(to:)`` wrote.
  fileprivate init?(_ kind: Measure.Kind, count: Int, _ reader: inout StateReader) {
    switch kind {
    case .any: self = .none
    case .integer:
      guard let values: [Int64] = reader.values(count: count) else { return nil }
      self = .integers(values)
    case .real:
      guard let values: [Double] = reader.values(count: count) else { return nil }
      self = .reals(values)
    case .text:
      var texts: [[UInt8]] = []
      for _ in 0..<count {
        guard let text: [UInt8] = reader.values() else { return nil }
        texts.append(text)
      }
      self = .texts(texts)
    }
  }
}

extension ColumnState {
  fileprivate func write(to writer: inout StateWriter) {
    writer.put(counts)
    writer.put(integerSums)
    writer.put(magnitudes)
    writer.put(realSums)
    writer.put(losses)
    least.write(to: &writer)
    greatest.write(to: &writer)
    writer.put(means)
    writer.put(squares)
    for window in windows.joined() { window.write(to: &writer) }
  }

  fileprivate init?(_ measure: Measure, count: Int, _ reader: inout StateReader) {
    self.init(measure)
    let integers = measure.hasSum && measure.kind == .integer ? count : 0
    let reals = measure.hasSum && measure.kind == .real ? count : 0
    let spreads = measure.hasSpread ? count : 0
    guard let counts: [Int64] = reader.values(count: count),
      let integerSums: [Int128] = reader.values(count: integers),
      let magnitudes: [Int128] = reader.values(count: integers),
      let realSums: [Double] = reader.values(count: reals),
      let losses: [Double] = reader.values(count: reals),
      let least = Extremes(measure.hasLeast ? measure.kind : .any, count: count, &reader),
      let greatest = Extremes(measure.hasGreatest ? measure.kind : .any, count: count, &reader),
      let means: [Double] = reader.values(count: spreads),
      let squares: [Double] = reader.values(count: spreads)
    else { return nil }
    self.counts = counts
    self.integerSums = integerSums
    self.magnitudes = magnitudes
    self.realSums = realSums
    self.losses = losses
    self.least = least
    self.greatest = greatest
    self.means = means
    self.squares = squares
    for fraction in windows.indices {
      for _ in 0..<count {
        guard let window = QuantileWindow(&reader) else { return nil }
        windows[fraction].append(window)
      }
    }
  }
}

extension QuantileWindow {
  fileprivate func write(to writer: inout StateWriter) {
    writer.put(lowRank)
    writer.put(count)
    writer.put(values)
  }

  fileprivate init?(_ reader: inout StateReader) {
    guard let lowRank = reader.number(), let count = reader.number(),
      let values: [Double] = reader.values(), lowRank >= 0, lowRank <= count,
      values.count <= count - lowRank
    else { return nil }
    self.init(lowRank: lowRank, values: values, count: count)
  }
}
