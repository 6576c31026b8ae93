import Model
import Wire

extension MetricRoles {
  /// The parts that columns play by `--role part=column,part=column`.
  /// - Throws: ``StoreError`` of kind `usage` for a part that there is not.
  init(flags: [String]) throws(StoreError) {
    self.init()
    for pair in flags.flatMap({ $0.split(separator: ",") }) {
      let parts = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
      guard parts.count == 2, let role = Role(rawValue: String(parts[0])) else {
        throw StoreError(
          .usage,
          "'\(pair)' gives no column a part; write part=column; "
            + Spelling.advice(String(parts[0]), Role.allCases.map(\.rawValue)))
      }
      self[role] = String(parts[1])
    }
  }
}
