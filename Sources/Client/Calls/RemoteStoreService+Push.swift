package import Model
import Outbound
import Platform
package import Wire

extension RemoteStoreService {
  package func push(
    _ dataset: DatasetName, _ file: TableFile, _ request: PushRequest,
    progress: (Progress) -> Void
  ) throws(StoreError) -> PushDocument {
    let upload = try UploadFile(path: file.path, name: file.name)
    var message = HTTPRequest(.post, Self.resource(dataset, request))
    message.body = .file(upload)
    message.add("Content-Type", file.format.mediaType)
    message.add("Content-Encoding", file.compression.map(Self.coding))
    // Always with a key, so that it may be sent again when no answer comes.
    message.add("Idempotency-Key", try Self.idempotencyKey(request.idempotencyKey))
    if case .snapshot(let digest) = request.precondition {
      message.add("If-Match", "\"\(digest)\"")
    }
    do throws(StoreError) {
      return try document(PushDocument.self, message, file: file.name) { sent in
        progress(Progress(done: sent, total: upload.count, unit: .bytes))
      }
    } catch {
      throw error.inFile(file.name, of: file.format)
    }
  }

  private static func resource(_ dataset: DatasetName, _ request: PushRequest) -> Resource {
    var resource = resource(dataset, "versions")
    if request.mode != .replace { resource.add("mode", request.mode.rawValue) }
    resource.add("key", list: request.key)
    if request.deletesMissing { resource.add("delete_missing", "true") }
    var types = request.types.mapValues(\.rawValue)
    for column in request.base64 { types[column] = PushRequest.base64Type }
    resource.add("types", pairs: types)
    for text in request.csv.nulls ?? [] { resource.add("null", text) }
    if request.csv.hasDecimalComma { resource.add("decimal", ",") }
    if let byte = request.csv.separator {
      resource.add("separator", CSVForm.separators.first { $0.byte == byte }?.name)
    }
    resource.add("kind", request.kind?.rawValue)
    resource.add("message", request.message.isEmpty ? nil : request.message)
    resource.add("author", request.author.isEmpty ? nil : request.author)
    for reference in request.lineage { resource.add("from", reference.description) }
    for (name, value) in request.attributes.sorted(by: { $0.key < $1.key }) {
      resource.add("attr", name + "=" + value)
    }
    resource.add("created_at", request.createdAt?.description)
    if case .number(let number) = request.precondition { resource.add("expect", String(number)) }
    if !request.countsChanges { resource.add("counts", "false") }
    return resource
  }

  /// The name of a compression in HTTP.
  private static func coding(_ compression: FileCompression) -> String {
    switch compression {
    case .gzip: "gzip"
    case .zstd: "zstd"
    }
  }

  static func idempotencyKey(_ given: String?) throws(StoreError) -> String {
    guard let given else {
      return "push-" + SystemRandom.hex(16)
    }
    guard (1...255).contains(given.utf8.count), given.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F })
    else {
      throw StoreError(
        .usage,
        "an idempotency key for a server is made of 1 to 255 visible ASCII characters without "
          + "spaces")
    }
    return given
  }
}
