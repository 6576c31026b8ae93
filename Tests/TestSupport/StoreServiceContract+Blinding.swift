import Model
import Testing
import Wire

extension StoreServiceContract {
  /// What a rater is shown says nothing of who made it.
  static let blindingCases = [
    Case(description: "one output at a time shows no name of an arm, whatever the key") {
      contract in
      var text = ""
      for item in 1...4 {
        for model in ["gpt-5", "claude"] {
          text +=
            #"{"id":"q\#(item)","model":"\#(model)","prompt":"p","output":"o\#(item)"}"# + "\n"
        }
      }
      try contract.push(text, to: "outputs") { $0.key = ["id", "model"] }
      for (by, kind) in [(nil, "score"), (nil, "label"), ("model", "score")] as [(String?, String)]
      {
        var request = RatingTaskRequest(
          subject: RatingSubject(ref: "outputs", by: by), rater: "ann")
        request.kind = kind
        request.rubric = "\(by ?? "none") \(kind)"
        var seen = 0
        while let task = try contract.service.nextRating(in: contract.desk, request).task {
          let shown = String(decoding: Documents.encode(task), as: UTF8.self)
          #expect(!shown.contains("gpt-5") && !shown.contains("claude"), "\(shown)")
          var event = RatingEvent(kind: kind, item: task.item, rater: "ann")
          (event.task, event.seed, event.rubric) = (task.task, 1, request.rubric)
          if kind == "score" { event.value = 3 } else { event.label = "good" }
          _ = try contract.service.addRatings(
            to: contract.desk, RatingBatch(subject: request.subject, events: [event]),
            idempotencyKey: nil)
          seen += 1
        }
        #expect(seen == 8)
      }
      // What was rated has its own name again.
      #expect(try contract.data("desk") { $0.columns = ["item"] }.contains("gpt-5"))
      var telling = RatingTaskRequest(subject: RatingSubject(ref: "outputs"), rater: "bob")
      (telling.kind, telling.columns) = ("score", ["Model", "output"])
      #expect(
        contract.kind { _ = try contract.service.nextRating(in: contract.desk, telling) } == .usage)
    },
    Case(description: "media of a task have addresses that say nothing and end with it") {
      contract in
      let digests = try contract.pushPictures()
      let request = RatingTaskRequest(
        subject: RatingSubject(ref: "pictures", by: "model"), rater: "ann")
      let next = try contract.service.nextRating(in: contract.desk, request)
      let task = try #require(next.task)
      let shown = String(decoding: Documents.encode(next), as: UTF8.self)
      for secret in digests + ["sha256", "gpt-5", "claude", ".png"] {
        #expect(!shown.contains(secret), "\(secret) in \(shown)")
      }
      let media = try (task.left + (task.right ?? [])).map { try #require($0.media) }
      #expect(media.count == 2 && media.allSatisfy { $0.address.utf8.count == 32 })
      #expect(Set(media.map(\.address)).count == 2)
      for one in media {
        let bytes = try contract.service.ratingMedia(
          in: contract.desk, one.address, at: 0, count: 1000)
        #expect(bytes.count == one.size && one.mediaType == "image/png")
        #expect(try contract.service.ratingMedia(in: contract.desk, one.address) == one)
        let rest = try contract.service.ratingMedia(in: contract.desk, one.address, at: 8, count: 4)
        #expect(rest == Array(bytes[8..<12]))
        let elsewhere = try DatasetName("another")
        #expect(
          contract.kind { _ = try contract.service.ratingMedia(in: elsewhere, one.address) }
            == .missing)
      }
      let guesses = digests + [String(repeating: "0", count: 32), task.task, "", "pictures@1"]
      for guess in guesses where !guess.isEmpty {
        #expect(
          contract.kind { _ = try contract.service.ratingMedia(in: contract.desk, guess) }
            == .missing,
          "\(guess)")
      }
      var event = RatingEvent(kind: "preference", item: task.item, rater: "ann")
      (event.task, event.seed, event.winner) = (task.task, task.seed, "left")
      _ = try contract.service.addRatings(
        to: contract.desk, RatingBatch(subject: next.subject, events: [event]), idempotencyKey: nil)
      #expect(
        contract.kind { _ = try contract.service.ratingMedia(in: contract.desk, media[0].address) }
          == .missing)
      #expect(
        try contract.service.nextRating(in: contract.desk, request).task?.left[0].media != nil)
    },
  ]

  private var desk: DatasetName { get throws { try DatasetName("desk") } }

  /// Two pictures of two models for each of two items; their digests.
  private func pushPictures() throws -> [String] {
    var text = ""
    var digests: [String] = []
    for item in 1...2 {
      for model in ["gpt-5", "claude"] {
        var bytes: [UInt8] = [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]
        bytes += Array("\(model) \(item)".utf8)
        var isRead = false
        let name = "\(model)-\(item).png"
        let file = try service.putFile(name: name, expecting: nil) { () throws(StoreError) in
          defer { isRead = true }
          return isRead ? [] : bytes
        }.file
        digests.append(file.digest.description)
        let cell = FileValue(
          digest: file.digest, mediaType: file.mediaType, name: name, byteCount: file.size)
        let json = String(decoding: cell.json.canonicalBytes, as: UTF8.self)
        text += #"{"id":\#(item),"model":"\#(model)","prompt":"draw","output":\#(json)}"# + "\n"
      }
    }
    try push(text, to: "pictures") {
      $0.key = ["id", "model"]
      $0.types = ["output": .file]
    }
    return digests
  }
}
