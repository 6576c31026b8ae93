import Testing

/// What differs between two states of a table with the key `dirname`, found without the store.
struct StateChange {
  private let old: [String: [String: JSONCell]]
  private let new: [String: [String: JSONCell]]

  /// The change between two lists of rows.
  init(from old: [[String: JSONCell]], to new: [[String: JSONCell]]) {
    self.old = Self.byKey(old)
    self.new = Self.byKey(new)
  }

  private static func byKey(_ rows: [[String: JSONCell]]) -> [String: [String: JSONCell]] {
    Dictionary(rows.map { ($0["dirname"]?.string ?? "", $0) }) { $1 }
  }

  /// Expects the lines of `assay diff --format jsonl` to tell this change and no other.
  func expectTold(by lines: [String]) throws {
    var told: Set<String> = []
    for line in try lines.dropFirst().map(Workplace.object) {
      let row = line["row"]
      let key = (row ?? line["key"])?["dirname"]?.string ?? ""
      switch line["change"] {
      case "added":
        told.insert("+ \(key)")
        #expect(row == new[key].map(JSONCell.object))
      case "removed":
        told.insert("- \(key)")
        #expect(row == old[key].map(JSONCell.object))
      default:
        guard case .object(let cells)? = line["cells"] else { continue }
        for (name, cell) in cells {
          told.insert("~ \(key) \(name)")
          #expect(cell["old"] == old[key]?[name] ?? .null)
          #expect(cell["new"] == new[key]?[name] ?? .null)
        }
      }
    }
    #expect(told == differences)
  }

  private var differences: Set<String> {
    var found = Set(old.keys.filter { new[$0] == nil }.map { "- \($0)" })
    for (key, row) in new {
      guard let before = old[key] else {
        found.insert("+ \(key)")
        continue
      }
      for name in Set(row.keys).union(before.keys)
      where row[name] ?? .null != before[name] ?? .null {
        found.insert("~ \(key) \(name)")
      }
    }
    return found
  }
}
