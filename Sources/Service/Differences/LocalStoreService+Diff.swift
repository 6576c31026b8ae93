package import Model
import Store
package import Wire

extension LocalStoreService {
  package func diff(
    _ old: Reference, _ new: Reference, _ request: DiffRequest,
    write: ([UInt8]) throws(StoreError) -> Void
  ) throws(StoreError) -> Bool {
    if let limit = request.limit, limit < 0 {
      throw StoreError(.usage, "a limit of rows is 0 or more")
    }
    let old = try store.resolve(old)
    let new = try store.resolve(new)
    let diff = try store.diff(try store.snapshot(old), try store.snapshot(new))
    let report = DiffReport(
      old: old, new: new, diff: diff, limit: request.limit ?? Int.max, detail: request.detail)
    try withoutActuallyEscaping(write) { write throws(StoreError) in
      let pieces = TextPieces(write)
      try report.print(request.format, to: pieces)
      try pieces.finish()
    }
    return !diff.isEmpty
  }
}
