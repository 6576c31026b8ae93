import Columns
package import Model
package import Store

/// The tables of a store: versions by reference, several versions at once, and the store's own
/// `assay_…` tables.
///
/// Any thread may use it. Each query looks references up again; what they name never changes.
package struct StoreQuerySource: QuerySource {
  private let store: Store
  private let sees: @Sendable (DatasetName) -> Bool
  private let used: UsedVersions?

  /// The tables of `store`; datasets for which `sees` is false do not exist.
  /// - Parameter used: Takes the versions that are read.
  package init(
    _ store: Store, sees: @escaping @Sendable (DatasetName) -> Bool = { _ in true },
    used: UsedVersions? = nil
  ) {
    self.store = store
    self.sees = sees
    self.used = used
  }

  package func table(named name: String) throws(StoreError) -> QueryTable? {
    if name.hasPrefix("assay_") { return try StoreTables(store, sees: sees).table(named: name) }
    let parts = name.split(separator: "@", maxSplits: 1, omittingEmptySubsequences: false)
    guard let dataset = try? DatasetName(String(parts[0])), sees(dataset) else { return nil }
    guard let latest = try latest(of: dataset) else { return nil }
    guard parts.count == 2 else {
      used?.add([latest])
      return try StoreTable.table(of: [latest], in: store, isMultiVersion: false)
    }
    guard let range = try range(String(parts[1]), of: dataset, latest: latest) else {
      let version = try store.resolve(try Reference(dataset: dataset, parsing: String(parts[1])))
      used?.add([version])
      return try StoreTable.table(of: [version], in: store, isMultiVersion: false)
    }
    let versions = try store.versions(of: dataset).filter { range.contains($0.number) }
    used?.add(versions.reversed())
    return try StoreTable.table(of: versions.reversed(), in: store, isMultiVersion: true)
  }

  /// The rows of one version, and nothing else.
  package static func table(of snapshot: Snapshot) -> QueryTable {
    StoreTable.table(of: [snapshot], isMultiVersion: false)
  }

  package var aggregateMemory: AggregateMemory? { store.companion { AggregateMemory() } }

  package func keptAggregate(_ plan: Digest) throws(StoreError) -> [UInt8]? {
    try store.aggregate(plan)
  }

  package func keepAggregate(_ content: [UInt8], for plan: Digest) throws(StoreError) {
    try store.keepAggregate(content, for: plan)
  }

  package func nearNames(to name: String) -> [String] {
    let wanted = name.split(separator: "@").first.map(String.init) ?? name
    let datasets = (try? store.survey().map(\.dataset).filter(sees).map(\.text)) ?? []
    return Spelling.near(wanted, datasets + StoreTables.names)
  }

  /// The numbers of the versions that `*` or `a..b` after the `@` stand for.
  /// - Throws: ``StoreError``: `missing` for a dataset or a version that is not there, `usage` for
  ///   any other text.
  package func versionNumbers(
    _ text: String, of dataset: DatasetName
  ) throws(StoreError) -> ClosedRange<Int> {
    let latest = try store.resolve(Reference(dataset: dataset))
    guard let range = try range(text, of: dataset, latest: latest) else {
      throw StoreError(
        .usage,
        "'\(dataset)@\(text)' is one version: write \(dataset)@\(text)..\(text), @2..5, or @*")
    }
    return range
  }

  private func latest(of dataset: DatasetName) throws(StoreError) -> Version? {
    do throws(StoreError) {
      return try store.versions(of: dataset, limit: 1).first
    } catch  where error.kind == .missing {
      return nil
    }
  }

  /// The versions that `*` or `a..b` after the `@` stand for; nil for any other text.
  private func range(
    _ text: String, of dataset: DatasetName, latest: Version
  ) throws(StoreError) -> ClosedRange<Int>? {
    if text == "*" { return 1...latest.number }
    guard let dots = text.range(of: "..") else { return nil }
    let first = try bound(text[..<dots.lowerBound], of: dataset) ?? 1
    let last = try bound(text[dots.upperBound...], of: dataset) ?? latest.number
    guard first <= last else {
      throw StoreError(
        .usage,
        "'\(dataset)@\(text)' goes from \(first) back to \(last); write the earlier one first")
    }
    return first...last
  }

  /// An end of a range, written like the part of a reference after its `@`; nil when left out.
  private func bound(_ text: Substring, of dataset: DatasetName) throws(StoreError) -> Int? {
    guard !text.isEmpty else { return nil }
    return try store.resolve(try Reference(dataset: dataset, parsing: String(text))).number
  }
}

extension String {
  /// The range at which `other` first occurs; the standard library has no such search.
  fileprivate func range(of other: String) -> Range<Index>? {
    indices.first { self[$0...].hasPrefix(other) }.map { $0..<index($0, offsetBy: other.count) }
  }
}
