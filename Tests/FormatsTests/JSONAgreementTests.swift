import Formats
import Model
import TestSupport
import Testing

/// The two readers of JSON there are, that of rows and that of everything else.
@Suite struct JSONAgreementTests {
  /// A random array of objects, damaged in a few places.
  private func text(using random: inout SeededGenerator) -> [UInt8] {
    var rows: [JSON] = []
    for _ in 0..<2 {
      var row: JSON.Object = [:]
      for name in ["a", "b", "c"] {
        row[name] = RandomJSON.value(using: &random, depth: 3)
      }
      rows.append(.object(row))
    }
    var bytes = Array(RandomJSON.text(.array(rows), using: &random).utf8)
    let signs = Array("{}[]\",:\\u0e1.-+ \ntfn/x".utf8) + [0, 0x1F, 0x80, 0xC3, 0xFF]
    for _ in 0..<Int.random(in: 0..<3, using: &random) {
      let place = Int.random(in: bytes.indices, using: &random)
      switch Int.random(in: 0..<4, using: &random) {
      case 0: bytes.remove(at: place)
      case 1: bytes.insert(signs.randomElement(using: &random) ?? 0, at: place)
      case 2: bytes.swapAt(place, Int.random(in: bytes.indices, using: &random))
      default: bytes[place] = signs.randomElement(using: &random) ?? 0
      }
    }
    return bytes
  }

  /// Whether rows can be what the scanner read: objects with names, and numbers that fit.
  private func areRows(_ value: JSON) -> Bool {
    guard let items = value.array, !items.isEmpty else { return false }
    return items.allSatisfy { item in
      guard let row = item.object else { return false }
      return row.members.allSatisfy { !$0.name.isEmpty }
    }
  }

  @Test(arguments: 0..<40)
  func `both take the same texts, damaged ones too`(seed: Int) {
    var random = SeededGenerator(seed: UInt64(seed))
    for _ in 0..<250 {
      let bytes = text(using: &random)
      var isTaken = false
      do throws(JSONFault) {
        isTaken = areRows(try JSON(parsing: bytes))
      } catch {
        if error.message == "the number does not fit a 64-bit float" { continue }
      }
      let rows = Result { try readAll(bytes, layout: .array) }
      // A column of rows bounds numbers in ways that JSON does not.
      if case .failure(let error as StoreError) = rows, error.message.contains("64") { continue }
      #expect(
        isTaken == ((try? rows.get()) != nil), "\(String(decoding: bytes, as: UTF8.self))")
    }
  }
}
