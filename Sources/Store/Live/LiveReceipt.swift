package import Model

/// The answer to rows that were appended: they are on disk.
package struct LiveReceipt: Sendable, Hashable {
  /// The id of the rows: the segment's id and their place in it.
  package let id: String
  package let rows: Int
}

/// The outcome of sealing appended rows.
package struct LiveSeal: Sendable {
  /// The number of rows that were sealed.
  package var rows = 0
  /// The version that has the last of them; nil when there were none.
  package var version: Version?
  /// Rows that stay in their segments, oldest first.
  package var waiting: [LiveWait] = []
  /// Columns whose type changed, with the values that required it, a sentence each.
  package var notes: [String] = []
}

/// Rows of a segment that do not fit the key that their dataset was given after they were taken.
package struct LiveWait: Sendable {
  /// The segment's file, relative to the store.
  package let file: String
  package let rows: Int
  /// The reason for which they wait and what to do, an error of kind `conflict`.
  package let error: StoreError
}

/// The limits at which appended rows become versions.
package struct LiveOptions: Sendable {
  /// Rows are sealed when so many wait.
  package var sealRows = 10_000
  /// Rows are sealed when the first of them has waited so long.
  package var sealSeconds = 10
  /// A segment takes no more rows once it has so many bytes; each segment becomes one version.
  package var segmentBytes = 32 << 20
  /// The most bytes of rows that one request may bring.
  package var requestBytes = 16 << 20
  /// The number of requests with an idempotency key that are remembered per dataset.
  package var rememberedKeys = 100_000
  /// The author of the versions.
  package var author = "live"

  /// The default limits.
  package init() {}
}
