import Columns
import Model
import Platform

extension ArrowDecoder {
  /// Lists and maps as JSON text: `[1,null,3]`, `{"a":1}`.
  ///
  /// A map whose keys are not texts is a list of `{"key":1,"value":2}`.
  /// - Throws: ``StoreError`` of kind `invalid` for a map with the same key twice and for a number
  ///   that is not finite, since JSON has neither.
  func lists(
    _ array: ArrowArray, _ rows: Range<Int>, _ validity: Bitmap?
  ) throws(StoreError) -> TextValues {
    let places = try Self.elements(of: array, rows)
    var total = 0
    var span: Range<Int>?
    for row in 0..<rows.count where validity?[row] ?? true {
      let place = places[row]
      guard place.upperBound <= array.children[0].count else {
        throw ArrowFault.damaged("the elements of '\(array.field.name)'")
      }
      if place.isEmpty { continue }
      total += place.count
      guard total <= Self.limit else { throw ArrowFault.tooLarge }
      span =
        min(
          place.lowerBound, span?.lowerBound ?? .max)..<max(
          place.upperBound, span?.upperBound ?? 0)
    }
    let window = span ?? 0..<0
    guard window.count <= Self.cellLimit else { throw ArrowFault.tooLarge }
    let used = total == window.count ? nil : Self.used(places, validity, window)
    let cells = try ArrowJSONCells(array, window, used, self)
    var capacity = rows.count * 2 + total
    for row in 0..<rows.count where validity?[row] ?? true {
      guard !places[row].isEmpty else { continue }
      try CancellationFlag.check()
      let place = places[row].shifted(by: -window.lowerBound)
      guard !cells.hasTwins(place) else {
        throw ArrowFault.unfit(
          array.field, "a map with the same key twice, and JSON has no such object",
          "write it as a list of pairs")
      }
      capacity += cells.capacity(place)
      guard capacity <= Self.limit else { throw ArrowFault.tooLarge }
    }
    let (opening, closing) = cells.brackets
    return unsafe Self.assembled(rows.count, validity, capacity: capacity) { row, end in
      unsafe end.put(opening)
      var isFirst = true
      for place in places[row] {
        if !isFirst { unsafe end.put(UInt8(ascii: ",")) }
        isFirst = false
        unsafe cells.write(place - window.lowerBound, to: &end)
      }
      unsafe end.put(closing)
    }
  }

  /// Structures as JSON text, with the fields that are null: `{"a":1,"b":null}`.
  func structures(
    _ array: ArrowArray, _ rows: Range<Int>, _ validity: Bitmap?
  ) throws(StoreError) -> TextValues {
    let names = array.children.map(\.field.name)
    guard names.textSet.count == names.count else {
      throw ColumnTypes.twinFields(array.field.column)
    }
    var fields: [JSONColumnText] = []
    for child in array.children {
      var name: [UInt8] = []
      JSONText.append(child.field.name, to: &name)
      name.append(UInt8(ascii: ":"))
      fields.append(JSONColumnText(try nested(child, rows, used: validity), name: name))
    }
    let capacity = fields.reduce(rows.count * (fields.count * 5 + 2)) {
      $0 + $1.capacity(0..<rows.count)
    }
    guard capacity <= Self.limit else { throw ArrowFault.tooLarge }
    let columns = fields
    return unsafe Self.assembled(rows.count, validity, capacity: capacity) { row, end in
      unsafe end.put(UInt8(ascii: "{"))
      for (index, column) in columns.enumerated() {
        if index > 0 { unsafe end.put(UInt8(ascii: ",")) }
        unsafe column.write(row, to: &end)
      }
      unsafe end.put(UInt8(ascii: "}"))
    }
  }

  /// Values that become part of JSON text; those that are not in `used` are null.
  /// - Throws: ``StoreError`` of kind `invalid` for a number that JSON has no text for.
  fileprivate func nested(
    _ array: ArrowArray, _ rows: Range<Int>, used: Bitmap?
  ) throws(StoreError) -> ColumnVector {
    let vector = try vector(array, rows, used: used)
    guard case .float64(let floats, _) = vector.values else { return vector }
    for row in 0..<vector.count where !floats[row].isFinite && vector.hasValue(row) {
      throw ArrowFault.unfit(
        array.field,
        "a number within a list or a structure that is not finite, which JSON has no "
          + "text for", "write null or a text instead")
    }
    return vector
  }

  /// The rows of the child at `window` that a non-null list holds.
  private static func used(
    _ places: [Range<Int>], _ validity: Bitmap?, _ window: Range<Int>
  ) -> Bitmap {
    var used = Bitmap(count: window.count)
    for row in places.indices where validity?[row] ?? true {
      for place in places[row] { used[place - window.lowerBound] = true }
    }
    return used
  }

  /// The rows of its child that each of `rows` lists.
  static func elements(
    of array: ArrowArray, _ rows: Range<Int>
  ) throws(StoreError) -> [Range<Int>] {
    func between(_ places: [Int]) throws(StoreError) -> [Range<Int>] {
      for index in 1..<max(1, places.count) where places[index] < places[index - 1] {
        throw ArrowFault.damaged("the offsets of a list")
      }
      return (0..<places.count - 1).map { places[$0]..<places[$0 + 1] }
    }
    switch array.field.type {
    case .map, .list(isWide: false):
      return try between(try array.buffers[0].offsets(Int32.self, rows))
    case .list(isWide: true): return try between(try array.buffers[0].offsets(Int64.self, rows))
    case .listView(let isWide):
      let bits = isWide ? 64 : 32
      let starts = try integers(array.buffers[0], rows, bits, true)
      let counts = try integers(array.buffers[1], rows, bits, true)
      var places: [Range<Int>] = []
      for (start, count) in zip(starts, counts) {
        let (end, overflow) = start.addingReportingOverflow(count)
        guard start >= 0, count >= 0, !overflow else {
          throw ArrowFault.damaged("the offsets of a list")
        }
        places.append(Int(start)..<Int(end))
      }
      return places
    case .fixedList(let count):
      let (end, overflow) = rows.upperBound.multipliedReportingOverflow(by: count)
      guard !overflow, end <= array.children[0].count else {
        throw ArrowFault.damaged("the elements of '\(array.field.name)'")
      }
      return rows.map { $0 * count..<($0 + 1) * count }
    default: throw ArrowFault.damaged("the elements of '\(array.field.name)'")
    }
  }

  /// Texts of at most `capacity` bytes together, each as `write` makes it.
  private static func assembled(
    _ count: Int, _ validity: Bitmap?, capacity: Int,
    _ write: (Int, inout UnsafeMutablePointer<UInt8>) -> Void
  ) -> TextValues {
    var offsets: [UInt32] = [0]
    offsets.reserveCapacity(count + 1)
    let bytes = unsafe [UInt8](unsafeUninitializedCapacity: capacity + 1) { target, filled in
      guard let first = target.baseAddress else { return }
      var end = unsafe first
      for row in 0..<count {
        if validity?[row] ?? true { unsafe write(row, &end) }
        offsets.append(UInt32(unsafe end - first))
      }
      unsafe filled = end - first
    }
    return TextValues(offsets: offsets, bytes: bytes)
  }
}

/// The elements of a run of lists or maps, ready to be written as JSON.
private struct ArrowJSONCells {
  private let columns: [JSONColumnText]
  /// The bytes before the first element of a row and after its last.
  let brackets: (UInt8, UInt8)
  private let isPair: Bool
  /// The names of members, where elements are such.
  private let names: ColumnVector?

  /// The rows `window` of the child of `array`, of which those in `used` are elements.
  init(
    _ array: ArrowArray, _ window: Range<Int>, _ used: Bitmap?, _ decoder: ArrowDecoder
  ) throws(StoreError) {
    let child = array.children[0]
    guard array.field.type == .map else {
      brackets = (UInt8(ascii: "["), UInt8(ascii: "]"))
      columns = [JSONColumnText(try decoder.nested(child, window, used: used), name: [])]
      isPair = false
      names = nil
      return
    }
    // Which form a map has is for all of its keys to say, also where they are not used.
    let keys = try decoder.nested(child.children[0], window, used: nil)
    let values = try decoder.nested(child.children[1], window, used: used)
    isPair = true
    let isObject = keys.type == .string && keys.validity == nil
    names = isObject ? keys : nil
    if isObject {
      brackets = (UInt8(ascii: "{"), UInt8(ascii: "}"))
      columns = [JSONColumnText(keys, name: []), JSONColumnText(values, name: [UInt8(ascii: ":")])]
    } else {
      brackets = (UInt8(ascii: "["), UInt8(ascii: "]"))
      columns = [
        JSONColumnText(keys, name: Array("{\"key\":".utf8)),
        JSONColumnText(values, name: Array(",\"value\":".utf8)),
      ]
    }
  }

  /// Returns true when two members among the elements at `rows` have the same name.
  func hasTwins(_ rows: Range<Int>) -> Bool {
    guard let names, rows.count > 1 else { return false }
    var seen: Set<[UInt8]> = []
    return rows.contains { row in
      guard let text = names.values.text(row) else { return false }
      return !seen.insert(Array(text.words.bytes[text.range])).inserted
    }
  }

  /// The most bytes that the elements at `rows` take.
  func capacity(_ rows: Range<Int>) -> Int {
    // The brace that may end each, and a null where a text has less room.
    columns.reduce(rows.count) { $0 + $1.capacity(rows) + rows.count * 4 }
  }

  /// Writes the element at `row`.
  func write(_ row: Int, to end: inout UnsafeMutablePointer<UInt8>) {
    unsafe columns[0].write(row, to: &end)
    guard isPair else { return }
    unsafe columns[1].write(row, to: &end)
    if brackets.0 == UInt8(ascii: "[") { unsafe end.put(UInt8(ascii: "}")) }
  }
}

extension UnsafeMutablePointer<UInt8> {
  /// Writes a byte and moves on.
  fileprivate mutating func put(_ byte: UInt8) {
    unsafe pointee = byte
    unsafe self += 1
  }
}

extension Range<Int> {
  fileprivate func shifted(by distance: Int) -> Range<Int> {
    lowerBound + distance..<upperBound + distance
  }
}
