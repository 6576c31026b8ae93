import Model
import Store
import Wire

extension LocalStoreService {
  /// The document for a deployment, without a report that the caller does not see.
  func document(for deployment: Deployment) -> DeploymentDocument {
    var record = deployment.record
    if let report = record.backtest, !sees(report.dataset) { record.backtest = nil }
    return DeploymentDocument(deployment, record)
  }
}

extension DeploymentDocument {
  fileprivate init(_ deployment: Deployment, _ record: DeploymentRecord) {
    self.init(
      dataset: deployment.dataset, deployment: record, author: deployment.author,
      savedAt: deployment.time, sequence: deployment.sequence, record: deployment.recordDigest)
  }
}

extension Deployment {
  /// The version to return to: the one that was live before this one was first activated.
  /// - Parameter deployments: Newest first.
  static func before(_ deployments: [Deployment]) -> Int? {
    var stack: [Int] = []
    for deployment in deployments.reversed() {
      let number = deployment.record.number
      if let known = stack.lastIndex(of: number) {
        stack.removeSubrange((known + 1)...)
      } else {
        stack.append(number)
      }
    }
    return stack.dropLast().last
  }
}
