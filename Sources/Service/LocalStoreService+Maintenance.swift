package import Model
import Store
package import Wire

extension LocalStoreService {
  package func verify(
    heads: [DatasetName: Digest], values: Bool, progress: (Progress) -> Void
  ) throws(StoreError) -> VerifyDocument {
    let report = try store.verify(expectedHeads: heads) { done, total in
      progress(Progress(done: done, total: total, unit: .checks))
    }
    var findings: [VerifyDocument.Finding]?
    // Values that are damaged are found by then, and cannot be read.
    if values, report.damage.isEmpty {
      findings = try store.checkValues { done, total in
        progress(Progress(done: done, total: total, unit: .versions))
      }.map {
        .init(kind: $0.kind.rawValue, versions: $0.reference, column: $0.column, what: $0.what)
      }
    }
    return VerifyDocument(
      isIndexRight: report.isIndexRight, files: report.files, bytes: report.bytes,
      records: report.records, versions: report.versions, chunks: report.chunks,
      damage: report.damage.map { .init(file: $0.file, what: $0.what, versions: $0.versions) },
      outOfOrder: report.outOfOrder, findings: findings)
  }

  package func collectGarbage(
    apply: Bool, graceSeconds: Int
  ) throws(StoreError) -> GarbageDocument {
    let report = try store.collectGarbage(apply: apply, graceSeconds: graceSeconds)
    func files(_ files: [GarbageReport.File]) -> [GarbageDocument.File] {
      files.map { .init(name: $0.name, bytes: $0.bytes) }
    }
    return GarbageDocument(
      isApplied: report.isApplied, files: files(report.files),
      youngFiles: files(report.youngFiles), compactedFiles: report.compactedFiles,
      newPacks: files(report.newPacks))
  }

  package func reindex(acceptsLoss: Bool) throws(StoreError) -> ReindexDocument {
    let (datasets, records) = try store.reindex(acceptsLoss: acceptsLoss)
    return ReindexDocument(datasets: datasets, records: records)
  }

  package func statistics(
    of datasets: [DatasetName]?, progress: (Progress) -> Void
  ) throws(StoreError) -> StatisticsDocument {
    let sizes = try store.statistics(of: datasets) { done, total in
      progress(Progress(done: done, total: total, unit: .versions))
    }
    // How chunks are stored, and how many there are in all, depends on what others have saved.
    let isWhole = limit == nil
    func told(_ bytes: Int) -> Int { isWhole ? bytes : 0 }
    return StatisticsDocument(
      datasets: sizes.datasets.map { dataset in
        .init(
          name: dataset.dataset, rawBytes: dataset.rawBytes,
          storedBytes: told(dataset.storedBytes),
          attachments: dataset.attachments, attachmentBytes: dataset.attachmentBytes,
          versions: dataset.versions.map { size in
            .init(
              number: size.version.number, rows: size.version.record.rows,
              rawBytes: size.rawBytes, storedBytes: told(size.storedBytes),
              sharedBytes: told(size.sharedBytes))
          })
      }, files: told(sizes.files), fileBytes: told(sizes.fileBytes),
      attachments: told(sizes.attachments), attachmentBytes: told(sizes.attachmentBytes),
      indexBytes: told(sizes.indexBytes))
  }
}
