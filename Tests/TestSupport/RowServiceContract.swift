import Columns
import Dispatch
package import LiveRouting
package import Model
import Testing

/// The promises of a ``RowService``.
///
/// `LiveRoutingTests` runs the cases on ``ScriptedRowService``, `ServiceTests` on
/// `LocalRowService`.
package struct RowServiceContract: Sendable {
  /// A service without rows, and the means to read what it was given.
  package struct Subject: Sendable {
    let service: any RowService
    /// The rows of a dataset that are durable, an object per line, in their order.
    let lines: @Sendable (DatasetName) throws -> [String]

    /// A service whose rows `lines` reads.
    package init(
      _ service: any RowService, lines: @escaping @Sendable (DatasetName) throws -> [String]
    ) {
      self.service = service
      self.lines = lines
    }
  }

  /// One promise.
  package struct Case: Sendable, CustomStringConvertible {
    package let description: String
    /// Checks a service without rows.
    package let check: @Sendable (Subject) throws -> Void
  }

  /// Rows `{"n":…}`.
  private static func rows(_ numbers: Range<Int>) -> RowBatch {
    RowBatch(
      columns: [ColumnDefinition(name: "n", type: .int64)],
      vectors: [
        ColumnVector(
          type: .int64, count: numbers.count, validity: nil, values: .int64(numbers.map(Int64.init))
        )
      ], count: numbers.count)
  }

  /// Two rows of which the second has no value but the first.
  private static var mixed: RowBatch {
    func texts(_ values: [String]) -> ColumnVector.Values {
      var texts = TextValues()
      for value in values { texts.append(value.utf8) }
      return .text(texts)
    }
    var first = Bitmap(count: 2)
    first[0] = true
    let columns: [(String, ColumnType, ColumnVector.Values)] = [
      ("text", .string, texts(["a \"b\"", ""])), ("flag", .bool, .bool(first)),
      ("list", .json, texts([#"[["a","true"],{}]"#, ""])), ("none", .string, texts(["", ""])),
    ]
    let number = rows(7..<9)
    return RowBatch(
      columns: number.columns + columns.map { ColumnDefinition(name: $0.0, type: $0.1) },
      vectors: number.vectors
        + columns.map {
          ColumnVector(
            type: $0.1, count: 2, validity: $0.0 == "none" ? Bitmap(count: 2) : first, values: $0.2)
        }, count: 2)
  }

  /// All promises.
  package static let cases = [
    Case(description: "rows are kept in their order, each dataset's apart") { subject throws in
      let (a, b) = (try DatasetName("a"), try DatasetName("b"))
      try subject.service.appendRows(to: a, rows(0..<2))
      try subject.service.appendRows(to: b, rows(7..<8))
      try subject.service.appendRows(to: a, rows(2..<5))
      #expect(try subject.lines(a) == (0..<5).map { "{\"n\":\($0)}" })
      #expect(try subject.lines(b) == ["{\"n\":7}"])
    },
    Case(description: "values come back as they were, and none where there was none") {
      subject throws in
      let dataset = try DatasetName("a")
      try subject.service.appendRows(to: dataset, mixed)
      #expect(
        try subject.lines(dataset) == [
          #"{"n":7,"text":"a \"b\"","flag":true,"list":[["a","true"],{}]}"#, #"{"n":8}"#,
        ])
    },
    Case(description: "rows without any value are refused, and nothing is kept of them") {
      subject throws in
      let dataset = try DatasetName("a")
      try subject.service.appendRows(to: dataset, rows(0..<1))
      let nulls = RowBatch(
        columns: [ColumnDefinition(name: "n", type: .int64)],
        vectors: [.nulls(.int64, count: 3)], count: 3)
      for bad in [nulls, rows(0..<0)] {
        let error = #expect(throws: StoreError.self) {
          try subject.service.appendRows(to: dataset, bad)
        }
        #expect(error?.kind == .invalid)
      }
      #expect(try subject.lines(dataset) == ["{\"n\":0}"])
    },
    Case(description: "rows of many threads are kept once each") { subject throws in
      let dataset = try DatasetName("a")
      DispatchQueue.concurrentPerform(iterations: 32) { thread in
        do {
          try subject.service.appendRows(to: dataset, rows(thread * 10..<thread * 10 + 10))
        } catch {
          Issue.record("thread \(thread): \(error)")
        }
      }
      let found = try subject.lines(dataset)
      #expect(Set(found) == Set((0..<320).map { "{\"n\":\($0)}" }) && found.count == 320)
    },
  ]
}
