import Access
import Foundation
import Model
import Service
import Store
import TestSupport
import Testing
import Wire

@Suite struct RatingDeskTests {
  private let folder: TemporaryDirectory
  private let service: LocalStoreService
  private let desk: DatasetName

  init() throws {
    folder = try TemporaryDirectory()
    try Store.create(path: folder.path)
    service = LocalStoreService(try Store(path: folder.path), author: "someone")
    desk = try DatasetName("desk")
    let bytes = Array("a picture".utf8)
    var isRead = false
    let file = try service.putFile(name: "gpt.txt", expecting: nil) { () throws(StoreError) in
      defer { isRead = true }
      return isRead ? [] : bytes
    }.file
    let cell = FileValue(
      digest: file.digest, mediaType: file.mediaType, name: "gpt.txt", byteCount: file.size)
    let json = String(decoding: cell.json.canonicalBytes, as: UTF8.self)
    var request = PushRequest()
    (request.key, request.types) = (["id"], ["output": .file])
    let path = folder.path + "/rows.jsonl"
    let lines = "{\"id\":1,\"output\":\(json)}\n{\"id\":2,\"output\":\(json)}\n"
    try Data(lines.utf8).write(to: URL(filePath: path))
    _ = try service.push(
      try DatasetName("outputs"), TableFile(path: path, format: .jsonl, compression: nil), request
    ) { _ in }
  }

  private func rater(_ token: String?) -> LocalStoreService {
    service.limited(
      to: Caller(
        tokenID: token, name: token ?? "", scope: .read, visibility: .everything, expiresAt: nil))
  }

  private func address(_ caller: LocalStoreService, _ rater: String) throws -> String {
    var request = RatingTaskRequest(subject: RatingSubject(ref: "outputs"), rater: rater)
    request.kind = "score"
    let task = try caller.nextRating(in: desk, request).task
    return try #require(task?.left[0].media).address
  }

  @Test func `an address is good for the token that was given it, and for no other`() throws {
    let (ann, bob) = (rater("ann"), rater("bob"))
    let own = try address(ann, "ann")
    #expect(try ann.ratingMedia(in: desk, own).size == 9)
    for other in [bob, rater(nil), service] {
      let error = #expect(throws: StoreError.self) { try other.ratingMedia(in: desk, own) }
      #expect(error?.kind == .missing)
      #expect(throws: StoreError.self) {
        try other.ratingMedia(in: desk, own, at: 0, count: 9)
      }
    }
    // The same attachment has another address for everybody, each time.
    let addresses = [
      own, try address(ann, "ann"), try address(bob, "bob"), try address(bob, "ann"),
    ]
    #expect(Set(addresses).count == 4)
  }

  @Test func `asking for the task again takes no address away`() throws {
    let ann = rater("ann")
    let first = try address(ann, "ann")
    for _ in 0..<40 { _ = try address(ann, "ann") }
    #expect(try ann.ratingMedia(in: desk, first).size == 9)
  }
}
