import Model
import Store

extension Version {
  /// The members that describe a version wherever `--json` prints one.
  var json: [(name: String, value: JSONValue)] {
    let attributes = record.attributes.sorted { $0.key < $1.key }
    return [
      ("dataset", .text(dataset.text)),
      ("number", .integer(number)),
      ("reference", .text(reference)),
      ("snapshot", .text(snapshot.description)),
      ("rows", .integer(record.rows)),
      ("parent", JSONValue(record.parent)),
      ("kind", .text(record.kind.rawValue)),
      ("message", .text(record.message)),
      ("author", .text(author)),
      ("createdAt", .text(record.createdAt.description)),
      ("savedAt", .text(time.description)),
      (
        "lineage",
        .array(
          record.lineage.map { source in
            [
              "reference": .text("\(source.dataset)@\(source.number)"),
              "snapshot": .text(source.snapshot.description),
            ]
          })
      ),
      ("attributes", .object(attributes.map { (name: $0.key, value: .text($0.value)) })),
      ("sequence", .integer(sequence)),
      ("record", .text(recordDigest.description)),
    ]
  }
}

extension Digest {
  /// The digest cut to 12 digits: enough to be told apart, and to be used after '@'.
  var short: String { "sha256:" + hex.prefix(12) }
}
