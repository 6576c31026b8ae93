import Model

/// A field of a Parquet schema as a value of JSON, with the fields that it holds.
///
/// A level of definition is the depth to which a field's path is defined, a level of repetition the
/// list of the path at which an entry goes on
/// (https://github.com/apache/parquet-format/blob/master/README.md#nested-encoding).
struct ParquetNode: Sendable {
  /// The JSON form of a node.
  enum Form: Sendable {
    case leaf
    case structure
    /// One child as often as its rows repeat it.
    case list
    /// Two children, the key and the value, as often as its rows repeat them.
    case map
  }

  let name: String
  let form: Form
  /// The level of definition below which the node is null.
  let presence: Int
  /// The level of definition below which a list or a map is empty.
  let element: Int
  /// The level of repetition of the elements of a list or a map.
  let repetition: Int
  let children: [ParquetNode]
  /// The columns of the file below, in their order.
  let leaves: Range<Int>
}

/// A field of a Parquet schema that has values, and so a column of the file.
struct ParquetLeaf: Sendable {
  /// The name of the column of ours that it is, or that it is of.
  let name: String
  let type: ParquetPhysicalType
  /// Bytes of a value of fixed length.
  let length: Int
  var logical: ParquetLogicalType?
  /// The level of definition at which there is a value.
  let definition: Int
  /// The level of repetition of the innermost list that holds it; 0 for none.
  let repetition: Int
}
