import Model
import Routing
import Store
import Wire

extension LocalStoreService {
  /// A deployment as its log tells it, without a report that the caller does not see.
  func told(_ deployment: Deployment) -> DeploymentDocument {
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

extension Ramp {
  /// A ramp as the log has it.
  init?(_ ramp: DeploymentRecord.Ramp) {
    self.init(
      steps: ramp.steps, seconds: ramp.seconds, salt: ramp.salt,
      fields: ramp.fields.map { FieldPath($0) })
  }
}

extension Deployment {
  /// The share of units that the version decides for at `time`, in basis points.
  func share(at time: Timestamp) -> Int {
    record.ramp.flatMap { Ramp($0) }?.share(
      afterMicroseconds: time.microseconds - self.time.microseconds) ?? Bucket.count
  }

  /// The version to go back to: the one that was live before this one was first activated.
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
