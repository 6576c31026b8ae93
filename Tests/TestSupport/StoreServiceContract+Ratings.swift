import Dispatch
import Model
import Synchronization
import Testing
import Wire

extension StoreServiceContract {
  /// Outputs of two models for four items.
  private func pushOutputs() throws {
    var text = ""
    for item in 1...4 {
      for model in ["x", "y"] {
        text +=
          #"{"id":\#(item),"model":"\#(model)","prompt":"p\#(item)","output":"\#(model)\#(item)"}"#
          + "\n"
      }
    }
    try push(text, to: "outputs") { $0.key = ["id", "model"] }
  }

  private var votes: DatasetName { get throws { try DatasetName("votes") } }

  private func request(_ rater: String) -> RatingTaskRequest {
    RatingTaskRequest(subject: RatingSubject(ref: "outputs", by: "model"), rater: rater)
  }

  /// Answers the next task; nil when there is none.
  private func answer(_ rater: String, _ winner: String) throws -> RatingReceipt? {
    let next = try service.nextRating(in: votes, request(rater))
    guard let task = next.task else { return nil }
    var event = RatingEvent(kind: "preference", item: task.item, rater: rater)
    (event.task, event.seed, event.winner) = (task.task, task.seed, winner)
    return try service.addRatings(
      to: votes, RatingBatch(subject: next.subject, events: [event]), idempotencyKey: nil)
  }

  private static func score(_ id: String, item: String, value: Double) -> RatingEvent {
    var event = RatingEvent(kind: "score", item: item, rater: "ann")
    (event.rating, event.a, event.value) = (id, "x", value)
    event.at = Timestamp(parsing: "2026-01-01T00:00:00Z")
    return event
  }

  static let ratingCases = [
    Case(description: "tasks are handed out once, blinded, and answers mapped back") { contract in
      try contract.pushOutputs()
      var shown: [String] = []
      for step in 0..<4 {
        let next = try contract.service.nextRating(in: contract.votes, contract.request("ann"))
        #expect(next.done == step && next.remaining == 4 - step)
        #expect(next.subject.ref == "outputs@1")
        let task = try #require(next.task)
        #expect(task.shared.map(\.text) == ["p" + task.item])
        // Nothing but the outputs, which the test can tell apart.
        #expect(task.left.map(\.column) == ["output"] && task.right?.count == 1)
        shown.append(task.left[0].text)
        let receipt = try #require(try contract.answer("ann", step == 3 ? "tie" : "left"))
        #expect(receipt.isNew && receipt.version.number == step + 1)
        #expect(receipt.version.kind == .ratings)
        #expect(receipt.version.lineage.map(\.reference) == ["outputs@1"])
      }
      #expect(try contract.answer("ann", "left") == nil)
      #expect(try contract.answer("bob", "left") != nil)
      #expect(try contract.answer("o'neil", "left") != nil)
      let other = try contract.service.nextRating(in: contract.votes, contract.request("o'neil"))
      #expect(other.done == 1 && other.remaining == 3)
      let rows = try contract.data("votes@4") { $0.columns = ["item", "a", "b", "winner"] }
      for (row, (index, left)) in zip(rows.split(separator: "\n"), shown.enumerated()) {
        let winner = index == 3 ? "tie" : left.hasPrefix("x") ? "a" : "b"
        #expect(
          row == #"{"item":"\#(left.dropFirst())","a":"x","b":"y","winner":"\#(winner)"}"#)
      }
      let document = try contract.service.version(Reference(parsing: "votes"))
      #expect(document.key == ["rating"])
    },
    Case(description: "two versions are compared as models are") { contract in
      try contract.push("{\"id\":1,\"output\":\"old\"}\n", to: "first") { $0.key = ["id"] }
      try contract.push("{\"id\":1,\"output\":\"new\"}\n", to: "second") { $0.key = ["id"] }
      let request = RatingTaskRequest(
        subject: RatingSubject(ref: "first", against: "second"), rater: "ann")
      let next = try contract.service.nextRating(in: contract.votes, request)
      let sides = [next.task?.left, next.task?.right].compactMap { $0?[0].text }
      #expect(Set(sides) == ["old", "new"] && next.subject.against == "second@1")
    },
    Case(description: "events are taken whole or refused whole, by number and rule") { contract in
      let good = Self.score("1", item: "q", value: 4)
      var bad = Self.score("2", item: "q", value: 4)
      bad.kind = "scoer"
      func add(_ events: [RatingEvent], _ subject: RatingSubject? = nil) throws -> RatingReceipt {
        try contract.service.addRatings(
          to: contract.votes, RatingBatch(subject: subject, events: events), idempotencyKey: nil)
      }
      let error = #expect(throws: StoreError.self) { try add([good, bad]) }
      #expect(error?.kind == .invalid && error?.message.contains("event 2") == true)
      #expect(contract.kind { _ = try contract.data("votes") } == .missing)
      #expect(try add([good]).ratings == ["1"])
      #expect(contract.kind { _ = try add([good]) } == .invalid)
      try contract.pushOutputs()
      let subject = RatingSubject(ref: "outputs", by: "model")
      let unknown = #expect(throws: StoreError.self) {
        try add([Self.score("3", item: "9", value: 1)], subject)
      }
      #expect(unknown?.kind == .missing && unknown?.message.contains("'9'") == true)
      #expect(try add([Self.score("3", item: "4", value: 1)], subject).version.number == 2)
      #expect(
        try contract.data("votes@2") { $0.columns = ["rating", "at", "source"] }
          == """
          {"rating":"1","at":"2026-01-01T00:00:00Z"}
          {"rating":"3","at":"2026-01-01T00:00:00Z","source":"outputs@1"}

          """)
    },
    Case(description: "scores given by hand are whole numbers from 1 to 5") { contract in
      try contract.pushOutputs()
      var request = contract.request("ann")
      request.kind = "score"
      let next = try contract.service.nextRating(in: contract.votes, request)
      let task = try #require(next.task)
      func add(_ edit: (inout RatingEvent) -> Void, about subject: RatingSubject?) throws {
        var event = Self.score("", item: subject == nil ? "q" : task.item, value: 4)
        event.rating = nil
        if subject != nil { (event.a, event.task, event.seed) = (nil, task.task, task.seed) }
        edit(&event)
        _ = try contract.service.addRatings(
          to: contract.votes, RatingBatch(subject: subject, events: [event]), idempotencyKey: nil)
      }
      for value in [0, 6, 9, 4.5, -1, 1e300] {
        for subject in [nil, next.subject] {
          let error = #expect(throws: StoreError.self, "\(value)") {
            try add({ $0.value = value }, about: subject)
          }
          #expect(error?.kind == .invalid)
          #expect(
            error?.message == "event 1: a score given by hand is a whole number from 1 to 5; on "
              + "another scale name another 'scorer'")
        }
      }
      #expect(
        contract.kind {
          try add({ ($0.value, $0.scorer) = (9, "panel") }, about: next.subject)
        } == .invalid)
      try add({ ($0.value, $0.scorer) = (0.87, "judge") }, about: nil)
      for value in [1.0, 5] { try add({ $0.value = value }, about: nil) }
      try add({ $0.value = 2 }, about: next.subject)
      #expect(try contract.service.version(Reference(parsing: "votes")).version.rows == 4)
    },
    Case(description: "a repeated request adds its events once") { contract in
      let batch = RatingBatch(events: [Self.score("1", item: "q", value: 4)])
      let first = try contract.service.addRatings(to: contract.votes, batch, idempotencyKey: "k")
      let again = try contract.service.addRatings(to: contract.votes, batch, idempotencyKey: "k")
      #expect(first.isNew && !again.isNew)
      #expect(again.version.number == 1 && again.ratings == ["1"])
      let other = RatingBatch(events: [Self.score("2", item: "q", value: 1)])
      #expect(
        contract.kind {
          _ = try contract.service.addRatings(to: contract.votes, other, idempotencyKey: "k")
        } == .conflict)
    },
    Case(description: "raters at the same time lose no event of one another") { contract in
      let dataset = try contract.votes
      let failures = Mutex(0)
      DispatchQueue.concurrentPerform(iterations: 6) { rater in
        for item in 0..<5 {
          var event = Self.score("\(rater)-\(item)", item: "\(item)", value: 3)
          event.rater = "r\(rater)"
          let added = try? contract.service.addRatings(
            to: dataset, RatingBatch(events: [event]), idempotencyKey: nil)
          if added == nil { failures.withLock { $0 += 1 } }
        }
      }
      #expect(failures.withLock { $0 } == 0)
      #expect(try contract.data("votes").split(separator: "\n").count == 30)
    },
    Case(description: "no push changes or removes an event") { contract in
      let lines = #"{"rating":"1","item":"q","rater":"ann","kind":"score","value":4,"a":"x","at":"#
      let one = lines + "\"2026-01-01\"}\n"
      let two = one.replacing("\"1\"", with: "\"2\"")
      try contract.push(one, to: "votes") { $0.kind = .ratings }
      let changed = one.replacing("4", with: "5")
      for mode in [PushMode.replace, .merge] {
        #expect(
          contract.kind { try contract.push(changed, to: "votes") { $0.mode = mode } } == .denied)
      }
      #expect(contract.kind { try contract.push(two, to: "votes") } == .denied)
      #expect(
        contract.kind { try contract.push(one, to: "votes") { $0.mode = .append } } == .invalid)
      #expect(contract.kind { try contract.push(one, to: "votes") { $0.kind = .results } } != nil)
      #expect(
        contract.kind {
          try contract.push(two, to: "votes") {
            $0.mode = .merge
            $0.deletesMissing = true
          }
        } == .denied)
      #expect(contract.kind { try contract.push("{\"rating\":\"3\"}\n", to: "votes") } == .invalid)
      #expect(try contract.push(one + two, to: "votes").version.number == 2)
      #expect(try contract.push(two, to: "votes") { $0.mode = .merge }.isNew == false)
      #expect(try contract.data("votes").split(separator: "\n").count == 2)
    },
    Case(description: "ratings are reported, other datasets are not") { contract in
      try contract.pushOutputs()
      for rater in ["ann", "bob"] { while try contract.answer(rater, "left") != nil {} }
      let report = try contract.service.ratingReport(
        of: Reference(parsing: "votes"), RatingReportRequest())
      #expect(report.version == "votes@8" && report.metrics.count == 1)
      #expect(report.metrics[0].preference?.votes == 8)
      #expect(report.metrics[0].preference?.position?.difference.value == 1)
      #expect(report.metrics[0].agreement.units == 4)
      #expect(
        contract.kind {
          _ = try contract.service.ratingReport(
            of: Reference(parsing: "outputs"), RatingReportRequest())
        } == .usage)
      #expect(
        contract.kind {
          _ = try contract.service.nextRating(
            in: DatasetName("outputs"), contract.request("ann"))
        } == .usage)
    },
  ]
}
