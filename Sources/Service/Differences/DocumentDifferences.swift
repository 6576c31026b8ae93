import Foundation
import Model
import Wire

/// Where two JSON documents are not the same.
struct DocumentDifferences {
  private let saved: [UInt8]
  private let recomputed: [UInt8]

  init(_ saved: [UInt8], _ recomputed: [UInt8]) {
    self.saved = saved
    self.recomputed = recomputed
  }

  /// The first `limit` members that differ, in the order of their pointers.
  func first(_ limit: Int) throws(StoreError) -> [RecomputationDocument.Difference] {
    let old = try Documents.decode(Value.self, from: saved)
    let new = try Documents.decode(Value.self, from: recomputed)
    var found: [RecomputationDocument.Difference] = []
    Self.compare(old, new, "", limit, &found)
    return found
  }

  private static func compare(
    _ old: Value?, _ new: Value?, _ pointer: String, _ limit: Int,
    _ found: inout [RecomputationDocument.Difference]
  ) {
    if old == new || found.count == limit { return }
    switch (old, new) {
    case (.object(let left), .object(let right)):
      for name in Set(left.keys).union(right.keys).sorted() {
        // https://www.rfc-editor.org/rfc/rfc6901#section-3
        let escaped = name.string.replacing("~", with: "~0").replacing("/", with: "~1")
        compare(left[name], right[name], pointer + "/" + escaped, limit, &found)
      }
    case (.array(let left), .array(let right)):
      for index in 0..<max(left.count, right.count) {
        compare(
          index < left.count ? left[index] : nil, index < right.count ? right[index] : nil,
          "\(pointer)/\(index)", limit, &found)
      }
    default:
      func text(_ value: Value) -> String {
        String(decoding: Documents.encode(value), as: UTF8.self)
      }
      found.append(
        .init(pointer: pointer, saved: old.map(text), recomputed: new.map(text)))
    }
  }

  /// Any JSON.
  private enum Value: Codable, Hashable {
    case null
    case bool(Bool)
    case number(Double)
    case text(DataText)
    case array([Value])
    case object([DataText: Value])

    init(from decoder: any Decoder) throws {
      let value = try decoder.singleValueContainer()
      if value.decodeNil() {
        self = .null
      } else if let bool = try? value.decode(Bool.self) {
        self = .bool(bool)
      } else if let number = try? value.decode(Double.self) {
        self = .number(number)
      } else if let text = try? value.decode(DataText.self) {
        self = .text(text)
      } else if let items = try? value.decode([Value].self) {
        self = .array(items)
      } else {
        self = .object(try value.decode([DataText: Value].self))
      }
    }

    func encode(to encoder: any Encoder) throws {
      var container = encoder.singleValueContainer()
      switch self {
      case .null: try container.encodeNil()
      case .bool(let bool): try container.encode(bool)
      case .number(let number): try container.encode(number)
      case .text(let text): try container.encode(text)
      case .array(let items): try container.encode(items)
      case .object(let members): try container.encode(members)
      }
    }
  }
}

extension RecomputationDocument {
  /// What computing the document `reference` again gave, and where that is another.
  init(_ reference: String, saved: [UInt8], recomputed: [UInt8]) throws(StoreError) {
    self.init(
      reference: reference, isEqual: saved == recomputed,
      differences: saved == recomputed ? [] : try DocumentDifferences(saved, recomputed).first(20))
  }
}
