import Columns
import GRDBSQLite
import Model

/// The address of the values of one column of one row group, laid out so that handing one to SQLite
/// touches no Swift object.
///
/// The memory belongs to a ``CellMemory`` that outlives the cell.
@safe struct Cell {
  enum Kind: UInt8 {
    case null, bool, integer, timestamp, real, text, words, json, jsonWords
  }

  /// ``heldRow`` of a cell that holds every row of its group.
  static let everyRow = -1
  /// ``heldRow`` of a cell that was not loaded yet.
  static let noRow = -2

  var kind = Kind.null
  /// The one row that was fetched, ``everyRow`` or ``noRow``.
  var heldRow = noRow
  /// All ones, or zero when one value stands for every row.
  var rowMask = ~0
  var validity: UnsafePointer<UInt8>?
  /// Int64s, Doubles, bits or UInt32 codes.
  var values: UnsafeRawPointer?
  var offsets: UnsafePointer<UInt32>?
  var bytes: UnsafePointer<UInt8>?
  /// The watch over the column; the table keeps it.
  var watch: Unmanaged<ColumnWatch>?

  /// Copies a vector into `memory`.
  ///
  /// Of several rows it is the group's column; of one row it stands for every row of the group, or
  /// for `onlyRow`.
  init(_ vector: ColumnVector, onlyRow: Int? = nil, memory: CellMemory) {
    heldRow = onlyRow ?? Self.everyRow
    rowMask = vector.count == 1 ? 0 : ~0
    unsafe validity = vector.validity.flatMap { unsafe memory.copy($0.bytes) }
    switch vector.values {
    case .none: kind = .null
    case .bool(let bits):
      kind = .bool
      unsafe values = UnsafeRawPointer(memory.copy(bits.bytes))
    case .int64(let integers):
      kind = vector.type == .timestamp ? .timestamp : .integer
      unsafe values = UnsafeRawPointer(memory.copy(integers))
    case .float64(let reals, _):
      kind = .real
      unsafe values = UnsafeRawPointer(memory.copy(reals))
    case .text(let texts):
      kind = vector.type == .json ? .json : .text
      setTexts(texts, memory)
    case .dictionary(let codes, let words):
      kind = vector.type == .json ? .jsonWords : .words
      unsafe values = UnsafeRawPointer(memory.copy(codes))
      setTexts(words, memory)
    }
  }

  /// A cell that is not loaded yet.
  init() {}

  private mutating func setTexts(_ texts: TextValues, _ memory: CellMemory) {
    unsafe offsets = memory.copy(texts.offsets)
    unsafe bytes = memory.copy(texts.bytes)
  }

  /// Hands the value of `row` to SQLite, which copies texts.
  @inline(__always)
  func put(_ row: Int, into context: OpaquePointer?) {
    // Rows are below the group's count, which the vector's layout was checked against when decoded.
    let index = row & rowMask
    if let validity = unsafe validity, unsafe validity[index >> 3] >> UInt8(index & 7) & 1 == 0 {
      unsafe sqlite3_result_null(context)
      return
    }
    switch kind {
    case .null: unsafe sqlite3_result_null(context)
    case .bool:
      let bits = unsafe pointer(UInt8.self)
      unsafe sqlite3_result_int(context, Int32(bits[index >> 3] >> UInt8(index & 7) & 1))
    case .integer: unsafe sqlite3_result_int64(context, pointer(Int64.self)[index])
    case .real: unsafe sqlite3_result_double(context, pointer(Double.self)[index])
    case .timestamp:
      unsafe Self.put(timestamp: pointer(Int64.self)[index], into: context)
    case .text: unsafe put(text(index), of: row, into: context)
    case .words: unsafe put(text(Int(pointer(UInt32.self)[index])), of: row, into: context)
    case .json: unsafe put(json: text(index), of: row, into: context)
    case .jsonWords:
      unsafe put(json: text(Int(pointer(UInt32.self)[index])), of: row, into: context)
    }
  }

  @inline(__always)
  private func put(
    _ text: UnsafeBufferPointer<UInt8>, of row: Int, into context: OpaquePointer?
  ) {
    if let watch = unsafe watch {
      unsafe watch._withUnsafeGuaranteedRef {
        if !$0.uses.isEmpty { unsafe $0.read(text, row: row, bytes: UInt(bitPattern: bytes)) }
      }
    }
    unsafe Self.put(text: text, into: context)
  }

  @inline(__always)
  private func pointer<Element>(_ type: Element.Type) -> UnsafePointer<Element> {
    // Every kind but `null` sets `values`, `offsets` and `bytes` as far as it reads them.
    unsafe values.unsafelyUnwrapped.assumingMemoryBound(to: type)
  }

  @inline(__always)
  private func text(_ index: Int) -> UnsafeBufferPointer<UInt8> {
    let offsets = unsafe offsets.unsafelyUnwrapped
    let start = unsafe Int(offsets[index])
    return unsafe UnsafeBufferPointer(
      start: bytes.unsafelyUnwrapped + start, count: Int(offsets[index + 1]) - start)
  }

  @inline(__always)
  private static func put(text: UnsafeBufferPointer<UInt8>, into context: OpaquePointer?) {
    unsafe text.withMemoryRebound(to: CChar.self) { characters in
      unsafe sqlite3_result_text64(
        context, characters.baseAddress, UInt64(characters.count), copyingDestructor,
        UInt8(SQLITE_UTF8))
    }
  }

  private static func put(timestamp microseconds: Int64, into context: OpaquePointer?) {
    let text = Array(Timestamp(microseconds: microseconds).description.utf8)
    unsafe text.withUnsafeBufferPointer { unsafe put(text: $0, into: context) }
  }

  /// Scalars become SQLite's own; arrays and objects stay text.
  private func put(
    json: UnsafeBufferPointer<UInt8>, of row: Int, into context: OpaquePointer?
  ) {
    guard let first = unsafe json.first, first != UInt8(ascii: "{"), first != UInt8(ascii: "[")
    else {
      unsafe put(json, of: row, into: context)
      return
    }
    switch unsafe JSONScalar(Array(json)[...]) {
    case .bool(let value): unsafe sqlite3_result_int(context, value ? 1 : 0)
    case .integer(let value): unsafe sqlite3_result_int64(context, value)
    case .float(let value):
      unsafe watch?.takeUnretainedValue().read(
        number: json, row: row, bytes: UInt(bitPattern: bytes))
      unsafe sqlite3_result_double(context, value)
    case .text(let text):
      unsafe text.withUnsafeBufferPointer { unsafe put($0, of: row, into: context) }
    case nil: unsafe sqlite3_result_null(context)
    }
  }
}

/// SQLITE_TRANSIENT, whose C macro Swift does not import: SQLite copies what it is given.
/// See https://www.sqlite.org/c3ref/c_static.html
let copyingDestructor = unsafe unsafeBitCast(
  -1, to: (@convention(c) (UnsafeMutableRawPointer?) -> Void).self)

/// The memory behind the cells of one row group, freed together.
@safe final class CellMemory {
  private var blocks: [UnsafeMutableRawPointer] = unsafe []
  private(set) var byteCount = 0

  /// Copies an array; the pointer holds until the object goes.
  func copy<Element: BitwiseCopyable>(_ array: [Element]) -> UnsafePointer<Element> {
    let size = max(array.count, 1) * MemoryLayout<Element>.stride
    let block = UnsafeMutableRawPointer.allocate(
      byteCount: size, alignment: MemoryLayout<Element>.alignment)
    unsafe array.withUnsafeBytes { bytes in
      if let start = bytes.baseAddress {
        unsafe block.copyMemory(from: start, byteCount: bytes.count)
      }
    }
    unsafe blocks.append(block)
    byteCount += size
    return unsafe UnsafePointer(block.assumingMemoryBound(to: Element.self))
  }

  deinit {
    unsafe blocks.forEach { unsafe $0.deallocate() }
  }
}
