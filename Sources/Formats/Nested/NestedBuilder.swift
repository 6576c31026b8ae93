import Columns
import Model

/// Lays out the JSON text of values that share a shape.
struct NestedBuilder {
  private let shape: ValueShape
  private var validity = Bitmap(count: 0)
  private var hasNulls = false
  private var bools = Bitmap(count: 0)
  private var integers: [Int64] = []
  private var floats: [Double] = []
  private var texts = TextValues()
  private var offsets: [Int32] = [0]
  /// The elements of lists, or the members of structures.
  private var children: [NestedBuilder]

  /// A builder of values of `shape`.
  private init(_ shape: ValueShape) {
    self.shape = shape
    switch shape {
    case .list(let element): children = [NestedBuilder(element)]
    case .structure(let members): children = members.map { NestedBuilder($0.shape) }
    default: children = []
    }
  }

  /// The rows of `pieces`, whose values have `shape`.
  /// - Throws: ``StoreError`` of kind `corrupt` when a value has another.
  static func array(
    _ pieces: [ParquetColumnPiece], _ shape: ValueShape
  ) throws(StoreError) -> NestedArray {
    var builder = NestedBuilder(shape)
    for piece in pieces {
      for row in piece.rows {
        guard piece.vector.hasValue(row), let text = piece.vector.values.text(row) else {
          builder.appendNull()
          continue
        }
        var cursor = JSONCursor(text.words.bytes, text.range)
        try builder.append(&cursor)
        guard cursor.isAtEnd else { throw misfit }
      }
    }
    return builder.finished()
  }

  /// The rows of `pieces`, whose values are vectors of `form`, as lists of floats.
  static func array(_ pieces: [ParquetColumnPiece], _ form: VectorForm) -> NestedArray {
    var builder = NestedBuilder(.list(.float64))
    for piece in pieces {
      for row in piece.rows {
        guard piece.vector.hasValue(row), let text = piece.vector.values.text(row) else {
          builder.appendNull()
          continue
        }
        let numbers = VectorText.numbers(text.words.bytes[text.range], form)
        builder.children[0].floats += numbers
        for _ in numbers { builder.children[0].validity.append(true) }
        builder.offsets.append(Int32(clamping: builder.children[0].floats.count))
        builder.validity.append(true)
      }
    }
    return builder.finished()
  }

  private mutating func append(_ cursor: inout JSONCursor) throws(StoreError) {
    if cursor.next == UInt8(ascii: "n") {
      _ = cursor.word()
      appendNull()
      return
    }
    switch shape {
    case .null: throw Self.misfit
    case .bool:
      bools.append(cursor.next == UInt8(ascii: "t"))
      let word = cursor.word()
      guard word.elementsEqual("true".utf8) || word.elementsEqual("false".utf8) else {
        throw Self.misfit
      }
    case .int64:
      guard let value = Int64(String(decoding: cursor.word(), as: UTF8.self)) else {
        throw Self.misfit
      }
      integers.append(value)
    case .float64, .number:
      guard let value = Double(String(decoding: cursor.word(), as: UTF8.self)) else {
        throw Self.misfit
      }
      floats.append(value)
    case .string:
      guard cursor.next == UInt8(ascii: "\"") else { throw Self.misfit }
      let text = cursor.string()
      texts.append(text.contains(UInt8(ascii: "\\")) ? JSONScalar.unescaped(text)[...] : text)
    case .list: try appendList(&cursor)
    case .structure(let members): try appendStructure(&cursor, members)
    }
    validity.append(true)
  }

  private mutating func appendList(_ cursor: inout JSONCursor) throws(StoreError) {
    guard cursor.take("[") else { throw Self.misfit }
    if !cursor.take("]") {
      repeat { try children[0].append(&cursor) } while cursor.take(",")
      guard cursor.take("]") else { throw Self.misfit }
    }
    offsets.append(try Self.offset(children[0].validity.count))
  }

  private mutating func appendStructure(
    _ cursor: inout JSONCursor, _ members: [ValueShape.Member]
  ) throws(StoreError) {
    guard cursor.take("{") else { throw Self.misfit }
    var next = 0
    if !cursor.take("}") {
      repeat {
        guard cursor.next == UInt8(ascii: "\"") else { throw Self.misfit }
        let text = cursor.string()
        let name = text.contains(UInt8(ascii: "\\")) ? JSONScalar.unescaped(text)[...] : text
        // Members stand in the order of the shape; members that are skipped are missing.
        while next < members.count, !members[next].name.utf8.elementsEqual(name) {
          children[next].appendNull()
          next += 1
        }
        guard next < members.count, cursor.take(":") else { throw Self.misfit }
        try children[next].append(&cursor)
        next += 1
      } while cursor.take(",")
      guard cursor.take("}") else { throw Self.misfit }
    }
    while next < members.count {
      children[next].appendNull()
      next += 1
    }
  }

  private mutating func appendNull() {
    hasNulls = true
    validity.append(false)
    switch shape {
    case .bool: bools.append(false)
    case .int64: integers.append(0)
    case .float64, .number: floats.append(0)
    case .string, .null: texts.append([])
    case .list: offsets.append(offsets[offsets.count - 1])
    case .structure: for index in children.indices { children[index].appendNull() }
    }
  }

  private func finished() -> NestedArray {
    let count = validity.count
    let present = hasNulls ? validity : nil
    func leaf(_ type: ColumnType, _ values: ColumnVector.Values) -> NestedArray.Content {
      .leaf(ColumnVector(type: type, count: count, validity: present, values: values))
    }
    let content: NestedArray.Content =
      switch shape {
      case .bool: leaf(.bool, .bool(bools))
      case .int64: leaf(.int64, .int64(integers))
      case .float64, .number: leaf(.float64, .float64(floats, integral: nil))
      case .string, .null: leaf(.string, .text(texts))
      case .list: .list(offsets: offsets, elements: children[0].finished())
      case .structure: .structure(children.map { $0.finished() })
      }
    return NestedArray(count: count, validity: present, content: content)
  }

  private static func offset(_ count: Int) throws(StoreError) -> Int32 {
    guard let offset = Int32(exactly: count) else {
      throw .requestLimit(
        "the lists of a few rows have more than 2^31 elements: leave the column out")
    }
    return offset
  }

  private static var misfit: StoreError {
    StoreError(
      .corrupt, "a nested value does not have the shape of its column; run 'assay verify'")
  }
}
