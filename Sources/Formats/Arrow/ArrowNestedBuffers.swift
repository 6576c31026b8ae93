import Columns
import Model

/// The Arrow buffers of a run of rows of one nested column, those of a field before those of the
/// fields below it.
struct ArrowNestedBuffers: Sendable {
  /// The length and the number of nulls of each field's array.
  private(set) var nodes: [(count: Int, nullCount: Int)] = []
  /// Each buffer on its own, without padding.
  private(set) var buffers: [[UInt8]] = []

  /// The buffers of `array`.
  init(_ array: NestedArray) { add(array) }

  /// The buffers of `rows` of `vector`, whose values are vectors of `form`.
  init(_ vector: ColumnVector, _ rows: Range<Int>, _ form: VectorForm) {
    let bits = vector.validity?.slice(rows)
    let nullCount = bits.map { rows.count - $0.setCount } ?? 0
    nodes = [(rows.count, nullCount), (rows.count * form.count, 0)]
    var elements: [UInt8] = []
    elements.reserveCapacity(rows.count * form.byteCount)
    for row in rows {
      if vector.hasValue(row), let text = vector.values.text(row) {
        elements.append(contentsOf: text.words.bytes[text.range])
      } else {
        elements.append(contentsOf: repeatElement(0, count: form.byteCount))
      }
    }
    buffers = [nullCount == 0 ? [] : bits?.bytes ?? [], [], elements]
  }

  private mutating func add(_ array: NestedArray) {
    if case .leaf(let vector) = array.content {
      let leaf = ArrowColumnBuffers(vector, 0..<vector.count)
      nodes.append((vector.count, leaf.nullCount))
      buffers += leaf.bytes()
      return
    }
    let nullCount = array.validity.map { array.count - $0.setCount } ?? 0
    nodes.append((array.count, nullCount))
    buffers.append(nullCount == 0 ? [] : array.validity?.bytes ?? [])
    switch array.content {
    case .leaf: break
    case .list(let offsets, let elements):
      // The format is little-endian, as is every machine this runs on.
      unsafe offsets.withUnsafeBytes { unsafe buffers.append(Array($0)) }
      add(elements)
    case .structure(let members): for member in members { add(member) }
    }
  }
}
