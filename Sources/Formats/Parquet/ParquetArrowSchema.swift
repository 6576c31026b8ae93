import Columns
import Model

/// The Arrow types in a Parquet file that Parquet itself does not have: writers of Arrow keep their
/// schema message in Base64
/// (https://arrow.apache.org/docs/cpp/parquet.html#serialization-details).
enum ParquetArrowSchema {
  /// The key of the metadata under which it stands.
  static let key = "ARROW:schema"

  /// The text for a file of these columns.
  static func text(_ columns: [ColumnDefinition], _ shapes: [ValueShape?]) -> String {
    let known = zip(columns, shapes).map { $0.type.vectorForm == nil ? $1 : nil }
    let message = ArrowMetadata.schema(columns, known)
    var bytes: [UInt8] = []
    bytes.append(littleEndian: UInt32.max)
    bytes.append(littleEndian: UInt32(message.count))
    var text: [UInt8] = []
    Base64Text.append(bytes + message, to: &text)
    return String(decoding: text, as: UTF8.self)
  }

  /// The forms of the columns of vectors that `text` names; none when it cannot be read.
  static func forms(_ text: String) -> [(name: String, form: VectorForm)] {
    guard let schema = try? schema(text) else { return [] }
    return schema.fields.compactMap { field in field.vectorForm.map { (field.name, $0) } }
  }

  /// The extension types of columns whose lists or structures mean more than their values; none
  /// when it cannot be read.
  static func extensions(_ text: String) -> [(column: String, type: String)] {
    guard let schema = try? schema(text) else { return [] }
    return schema.fields.compactMap { field in field.nestedExtension.map { (field.name, $0) } }
  }

  private static func schema(_ text: String) throws(StoreError) -> ArrowSchema {
    guard let bytes = Base64Text.bytes(text.utf8), bytes.count > 8 else {
      throw ParquetFault.damaged("the schema of Arrow in its metadata")
    }
    // A message follows its length, since Arrow 0.15 behind four bytes of ones.
    let start = bytes[..<4].allSatisfy { $0 == 0xFF } ? 8 : 4
    guard case .schema(let schema) = try ArrowMessage(Array(bytes[start...])).content else {
      throw ParquetFault.damaged("the schema of Arrow in its metadata")
    }
    return schema
  }

  /// The leaves with the meaning that `text` gives them beyond their Parquet types.
  /// - Throws: ``StoreError`` of kind `invalid` when it cannot be read: integers could then mean
  ///   anything.
  static func applied(_ text: String, to leaves: [ParquetLeaf]) throws(StoreError) -> [ParquetLeaf]
  {
    let schema = try schema(text)
    let fields = schema.fields.flatMap(\.leaves)
    // Another table's schema says nothing.
    guard fields.count == leaves.count else { return leaves }
    var applied = leaves
    for (index, field) in fields.enumerated() {
      applied[index].logical = meaning(field, leaves[index])
    }
    return applied
  }

  private static func meaning(_ field: ArrowField, _ leaf: ParquetLeaf) -> ParquetLogicalType? {
    let isInteger = leaf.type == .int64 || leaf.type == .int32
    let isBytes = leaf.type == .byteArray || leaf.type == .fixedBytes
    switch (field.type, field.meaning) {
    case (.duration(let unit), _) where leaf.logical == nil && isInteger:
      return .duration(perSecond: unit.perSecond)
    case (_, .period(let period)) where isInteger: return .period(period)
    case (_, .bool) where isInteger: return .bool
    case (_, .unknown(let name)): return .extensionType(name)
    case (_, .plain) where leaf.logical == nil && isBytes && field.isBinary: return .bytes
    default: return leaf.logical
    }
  }
}
