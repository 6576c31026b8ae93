import Access
package import Model
import Objects
import Store
package import Wire

extension LocalStoreService {
  package func verify(
    heads: [DatasetName: Digest], values: Bool, progress: (Progress) -> Void
  ) throws(StoreError) -> VerifyDocument {
    var report = try store.verify(expectedHeads: heads) { done, total in
      progress(Progress(done: done, total: total, unit: .checks))
    }
    let tokens = StoreLayout.accessTokens
    if let damage = try LocalTokenService.damage(on: store.home.access),
      !report.damage.contains(where: { $0.file == tokens })
    {
      report.damage.append(VerifyReport.Damage(file: tokens, what: damage))
    }
    var findings: [VerifyDocument.Finding]?
    // Damage of values is found by then, and damaged values cannot be read.
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
      outOfOrder: report.outOfOrder,
      torn: report.torn.map { .init(file: $0.file, what: $0.what, versions: $0.versions) },
      findings: findings)
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
    // The storage of chunks, and their total number, depend on what others have saved.
    let isWhole = limit == nil
    func visible(_ bytes: Int) -> Int { isWhole ? bytes : 0 }
    return StatisticsDocument(
      datasets: sizes.datasets.map { dataset in
        .init(
          name: dataset.dataset, rawBytes: dataset.rawBytes,
          storedBytes: visible(dataset.storedBytes),
          attachments: dataset.attachments, attachmentBytes: dataset.attachmentBytes,
          versions: dataset.versions.map { size in
            .init(
              number: size.version.number, rows: size.version.record.rows,
              rawBytes: size.rawBytes, storedBytes: visible(size.storedBytes),
              sharedBytes: visible(size.sharedBytes))
          })
      }, files: visible(sizes.files), fileBytes: visible(sizes.fileBytes),
      attachments: visible(sizes.attachments), attachmentBytes: visible(sizes.attachmentBytes),
      indexBytes: visible(sizes.indexBytes))
  }
}
