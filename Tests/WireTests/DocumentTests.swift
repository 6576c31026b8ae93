import Model
import Testing
import Wire

@Suite struct DocumentTests {
  private func version(tags: [String]? = nil) throws -> VersionDocument {
    VersionDocument(
      dataset: try DatasetName("runs"), number: 3, snapshot: Digest(hashing: [1]), rows: 12,
      parent: 2, kind: .results, message: "a \"new\" model / prompt", author: "ann",
      createdAt: Timestamp(microseconds: 1_700_000_000_123_456),
      savedAt: Timestamp(microseconds: 1_700_000_001_000_000),
      lineage: [.init(reference: "inputs@7", snapshot: Digest(hashing: [2]))],
      attributes: ["model": "m1"], sequence: 4, record: Digest(hashing: [3]), tags: tags)
  }

  private func comesBack<Document: Codable & Equatable>(_ document: Document) throws -> Bool {
    try Documents.decode(Document.self, from: Documents.encode(document)) == document
  }

  @Test func `a document comes back from its JSON`() throws {
    let version = try version(tags: ["best"])
    #expect(try comesBack(version))
    #expect(try comesBack(DatasetDocument(latest: version, tags: ["best": 3])))
    #expect(
      try comesBack(
        VersionDetailDocument(
          version: version, key: ["id"], columns: [.init(name: "id", type: .int64)], rowGroups: 1)))
    #expect(
      try comesBack(
        PushDocument(
          version: version, isNew: true, storedBytes: 10,
          changes: ChangeCounts(added: 1, removed: 2, changed: 3))))
    #expect(
      try comesBack(
        PushDocument(version: version, isNew: false, storedBytes: 0, changes: nil)))
    #expect(try comesBack(LogDocument.version(version, changes: nil)))
    #expect(
      try comesBack(
        LogDocument.tag(
          .init(
            dataset: version.dataset, tag: "best", number: nil, message: "", author: "ann",
            savedAt: version.savedAt, sequence: 5, record: version.record))))
  }

  @Test func `members of the parts of a document are members of the whole`() throws {
    let push = PushDocument(
      version: try version(), isNew: true, storedBytes: 10, changes: nil)
    let text = String(decoding: Documents.encode(push), as: UTF8.self)
    #expect(text.hasPrefix(#"{"attributes":{"model":"m1"},"author":"ann","createdAt":"2023-"#))
    #expect(text.contains(#""isNew":true"#))
    #expect(text.contains(#""message":"a \"new\" model / prompt""#))
    #expect(!text.contains("changes"))
    #expect(!text.contains("tags"))
  }

  @Test func `JSON that is no such document is refused with the member at fault`() {
    let error = #expect(throws: StoreError.self) {
      try Documents.decode(ChangeCounts.self, from: Array(#"{"added":1,"removed":"x"}"#.utf8))
    }
    #expect(error?.kind == .usage)
    #expect(
      error?.message == "the JSON is not as expected: member 'removed' takes an integer")
  }

  @Test(arguments: [
    (#"[{"kind":"score","item":"a","rater":"r","value":"5"}]"#, "member '0.value' takes a number"),
    (#"[{"kind":"score","item":7,"rater":"r"}]"#, "member '0.item' takes a text"),
    (#"[5]"#, "member '0' takes an object"), (#"{}"#, "it takes an array"),
  ])
  func `what a member takes is said in the words of JSON`(json: String, what: String) {
    let error = #expect(throws: StoreError.self) {
      try Documents.decode([RatingEvent].self, from: Array(json.utf8))
    }
    #expect(error?.message == "the JSON is not as expected: " + what)
  }

  @Test func `requests whose texts only look the same are two, so no rendering is of both`() {
    let spellings = ["caf\u{E9}", "cafe\u{301}"]
    for path in [\DataRequest.condition, \DataRequest.order] {
      let requests = spellings.map { text in
        var request = DataRequest(format: .csv)
        request[keyPath: path] = text
        return request
      }
      #expect(Set(requests).count == 2)
    }
    let columns = spellings.map { text in
      var request = DataRequest(format: .csv)
      request.columns = [text]
      return request
    }
    #expect(Set(columns).count == 2 && Set([columns[0], columns[0]]).count == 1)
  }
}
