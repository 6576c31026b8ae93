package import Model

extension Ramp {
  /// The plan of a deployment's record; nil for an invalid one.
  package init?(_ ramp: DeploymentRecord.Ramp) {
    self.init(
      steps: ramp.steps, seconds: ramp.seconds, salt: ramp.salt,
      fields: ramp.fields.map { FieldPath($0) })
  }
}

extension Deployment {
  /// The share of units that the version decides for at `time`, in basis points.
  package func share(at time: Timestamp) -> Int {
    record.ramp.flatMap { Ramp($0) }?.share(
      afterMicroseconds: time.microseconds - self.time.microseconds) ?? Bucket.count
  }
}
