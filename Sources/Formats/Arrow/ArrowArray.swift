import Columns
import Model

/// The buffers of one field of a record batch, and of those below it.
struct ArrowArray: Sendable {
  let field: ArrowField
  let count: Int
  /// The rows that have a value; nil when all have.
  let validity: ArrowBuffer?
  /// Without the validity, in the order of the format.
  let buffers: [ArrowBuffer]
  let children: [ArrowArray]
  /// True when the buffers hold numbers of the dictionary's values.
  let isCoded: Bool

  /// The number of arrays it is made of, itself among them.
  var fieldCount: Int { children.reduce(1) { $0 + $1.fieldCount } }

  /// The bits of those of `rows` that have a value; nil when all have.
  func validity(_ rows: Range<Int>) throws(StoreError) -> Bitmap? {
    guard rows.lowerBound >= 0, rows.upperBound <= count else {
      throw ArrowFault.damaged("an array below '\(field.name)' is too short")
    }
    return try validity?.bits(rows)
  }

  /// The bytes that an element of a list view counts, as one of a list does in Parquet.
  private static let elementBytes = 8

  /// Counts the elements of list views, its own and its children's, before any is laid out.
  ///
  /// All of them may be the same ones; those of other lists are each there once.
  func takeViews(from budget: InputBudget) throws(StoreError) {
    if case .listView = field.type, !isCoded {
      let validity = try validity(0..<count)
      for (row, place) in try ArrowDecoder.elements(of: self, 0..<count).enumerated()
      where validity?[row] ?? true {
        try budget.take(min(place.count, 1 << 40) * Self.elementBytes)
      }
    }
    for child in children { try child.takeViews(from: budget) }
  }
}

/// Deals the nodes and buffers of a record batch out to the fields of its schema, in the order that
/// the format lays them
/// (https://arrow.apache.org/docs/format/Columnar.html#recordbatch-message).
struct ArrowArrayBuilder {
  /// The most rows of an array.
  private static let rowLimit = 1 << 40

  private let nodes: [Int64]
  private let buffers: [ArrowBuffer]
  /// The number of data buffers of each array of views.
  private let viewCounts: [Int64]
  private var nextNode = 0
  private var nextBuffer = 0
  private var nextViews = 0

  /// A builder that deals out `buffers`; `nodes` has a length and a null count for each array.
  init(nodes: [Int64], buffers: [ArrowBuffer], viewCounts: [Int64]) {
    self.nodes = nodes
    self.buffers = buffers
    self.viewCounts = viewCounts
  }

  /// The arrays of `fields`, each of `count` rows; nothing may be left over.
  mutating func arrays(
    _ fields: [ArrowField], count: Int, isDictionary: Bool = false
  ) throws(StoreError) -> [ArrowArray] {
    var arrays: [ArrowArray] = []
    for field in fields {
      let array = try array(field, isDictionary: isDictionary)
      guard array.count == count else { throw ArrowFault.damaged("the length of a column") }
      arrays.append(array)
    }
    guard nextBuffer == buffers.count, nextNode == nodes.count else {
      throw ArrowFault.damaged("a record batch has more buffers than its columns")
    }
    return arrays
  }

  private mutating func array(
    _ field: ArrowField, isDictionary: Bool = false
  ) throws(StoreError) -> ArrowArray {
    guard nextNode + 1 < nodes.count else {
      throw ArrowFault.damaged("a record batch has too few columns")
    }
    let (length, nullCount) = (nodes[nextNode], nodes[nextNode + 1])
    nextNode += 2
    guard length >= 0, length <= Self.rowLimit else {
      throw ArrowFault.damaged("the length of a column")
    }
    let isCoded = field.dictionary != nil && !isDictionary
    var validity: ArrowBuffer?
    if isCoded || (field.type != .null && field.type != .runEnds) {
      let bits = try buffer()
      if nullCount != 0, bits.count > 0 { validity = bits }
      guard nullCount <= 0 || bits.count > 0 else {
        throw ArrowFault.damaged("the nulls of a column are missing")
      }
    }
    var own: [ArrowBuffer] = []
    for _ in 0..<(try isCoded ? 1 : bufferCount(field.type)) { own.append(try buffer()) }
    var children: [ArrowArray] = []
    if !isCoded { for child in field.children { children.append(try array(child)) } }
    return ArrowArray(
      field: field, count: Int(length), validity: validity, buffers: own, children: children,
      isCoded: isCoded)
  }

  private mutating func buffer() throws(StoreError) -> ArrowBuffer {
    guard nextBuffer < buffers.count else {
      throw ArrowFault.damaged("a record batch has too few buffers")
    }
    nextBuffer += 1
    return buffers[nextBuffer - 1]
  }

  private mutating func bufferCount(_ type: ArrowType) throws(StoreError) -> Int {
    switch type {
    case .null, .structure, .fixedList, .runEnds: return 0
    case .bytes(.view):
      guard nextViews < viewCounts.count,
        let count = Int(exactly: viewCounts[nextViews]), (0...buffers.count).contains(count)
      else { throw ArrowFault.damaged("the buffers of a column of views") }
      nextViews += 1
      return count + 1
    case .bytes, .listView: return 2
    default: return 1
    }
  }
}
