package import Model
import Outbound
package import Wire

extension RemoteStoreService {
  package func data(
    _ reference: Reference, _ request: DataRequest, progress: (Progress) -> Void,
    write: ([UInt8]) throws(StoreError) -> Void
  ) throws(StoreError) -> DataDocument {
    // The number first: what it names stays the same while the rows are on their way.
    let version = try version(reference).version
    var resource = Self.resource(
      version.dataset, "versions", String(version.number), "data." + request.format.rawValue)
    resource.add("select", list: request.columns)
    resource.add("where", request.condition)
    resource.add("order", request.order)
    if request.offset > 0 { resource.add("offset", String(request.offset)) }
    resource.add("limit", request.limit.map { String($0) })
    if request.writesNulls { resource.add("nulls", "true") }

    var rows = 0
    var notes: [String] = []
    var size: Int?
    var done = 0
    try download(HTTPRequest(.get, resource)) { head throws(StoreError) in
      rows = try field("Assay-Rows", of: head) { Int($0) }
      notes = head["Assay-Notes"].map { QueryDocument.notes(field: $0) } ?? []
      size = size ?? head.contentLength
    } write: { bytes throws(StoreError) in
      try write(bytes)
      done += bytes.count
      progress(Progress(done: done, total: size, unit: .bytes))
    }
    var plain = version
    plain.tags = nil
    return DataDocument(version: plain, rowsWritten: rows, notes: notes)
  }

  package func diff(
    _ old: Reference, _ new: Reference, _ request: DiffRequest,
    write: ([UInt8]) throws(StoreError) -> Void
  ) throws(StoreError) -> Bool {
    var resource = Self.resource(old.dataset, "diff", old.selectorText, new.selectorText)
    resource.add("format", request.format.rawValue)
    resource.add("detail", request.detail.rawValue)
    resource.add("limit", request.limit.map { String($0) })
    resource.add("other", new.dataset == old.dataset ? nil : new.dataset.text)
    var differs = false
    try download(HTTPRequest(.get, resource)) { head throws(StoreError) in
      differs = try field("Assay-Differs", of: head) { Bool($0) }
    } write: { bytes throws(StoreError) in
      try write(bytes)
    }
    return differs
  }

  package func query(
    _ request: QueryRequest, write: ([UInt8]) throws(StoreError) -> Void
  ) throws(StoreError) -> QueryDocument {
    var rows = 0
    var isCutShort = false
    var notes: [String] = []
    let message = HTTPRequest(.post, Resource("v1", "query"), json: Documents.encode(request))
    try download(message) { head throws(StoreError) in
      rows = try field("Assay-Rows", of: head) { Int($0) }
      isCutShort = try field("Assay-Cut-Short", of: head) { Bool($0) }
      notes = head["Assay-Notes"].map { QueryDocument.notes(field: $0) } ?? []
    } write: { bytes throws(StoreError) in
      try write(bytes)
    }
    return QueryDocument(rows: rows, isCutShort: isCutShort, notes: notes)
  }
}
