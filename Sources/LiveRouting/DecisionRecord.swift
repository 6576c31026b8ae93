import Columns
import Model
import Routing

/// The row that is recorded of a decision.
///
/// Holds the digest of the context and hashes of the units, and no other part of the request, so
/// its size depends on the rules only.
struct DecisionRecord: Sendable {
  let id: String
  let route: String
  let version: Int
  let contentHash: Digest
  let deploymentID: String?
  let time: Timestamp
  let rule: String?
  let ruleIndex: Int?
  let checked: [UInt8]
  let reason: String
  let variant: String?
  let target: String
  let bucket: Int?
  let unitSource: String?
  let propensityPPM: Int
  let fallbacks: [UInt8]
  let shadows: [UInt8]
  let unitHash: Digest?
  let rampUnitHash: Digest?
  let rampPropensityPPM: Int?
  let trace: (trace: String, span: String)?
  let nanoseconds: Int
  let contextDigest: Digest
  let samplePPM: Int

  /// The record of a decision.
  /// - Parameters:
  ///   - context: The context, of which only the digest is recorded.
  ///   - key: The key of the units' hashes.
  ///   - samplePPM: The share of decisions that are recorded.
  ///   - trace: The ids of the trace and the span that the request belongs to.
  init(
    _ request: RoutedRequest, context: [UInt8], key: [UInt8], samplePPM: Int,
    trace: (trace: String, span: String)?
  ) {
    let decision = request.decision
    id = request.id
    route = request.route.text
    version = request.number
    contentHash = decision.rules.set.digest
    deploymentID = request.deploymentID
    time = request.time
    rule = decision.ruleName
    ruleIndex = decision.ruleIndex
    reason = decision.reason.rawValue
    variant = decision.variant
    target = decision.target.name
    bucket = decision.bucket
    unitSource = decision.unitSource
    propensityPPM = decision.propensityPPM
    var checked: [UInt8] = []
    decision.appendChecked(to: &checked)
    self.checked = checked
    var fallbacks: [UInt8] = []
    decision.appendFallbacks(to: &fallbacks)
    self.fallbacks = fallbacks
    var shadows: [UInt8] = []
    decision.appendShadows(to: &shadows)
    self.shadows = shadows
    unitHash = decision.unit.map { Digest(authenticating: $0, key: key) }
    rampUnitHash = request.rollout.map { Digest(authenticating: $0.unit, key: key) }
    rampPropensityPPM = request.rollout?.propensityPPM
    self.trace = trace
    nanoseconds = request.nanoseconds
    contextDigest = Digest(hashing: context)
    self.samplePPM = samplePPM
  }

  /// About how many bytes the row takes as text.
  var byteCount: Int { 1024 + checked.count + fallbacks.count + shadows.count }
}

extension RowBatch {
  /// The rows of records; docs/routing.md names the columns.
  init(_ records: [DecisionRecord]) {
    var columns: [ColumnDefinition] = []
    var vectors: [ColumnVector] = []
    func add(_ name: String, _ vector: ColumnVector) {
      columns.append(ColumnDefinition(name: name, type: vector.type))
      vectors.append(vector)
    }
    add("decision_id", .texts(records.map(\.id)))
    add("route", .texts(records.map(\.route)))
    add("version", .integers(records.map(\.version)))
    add("content_hash", .texts(records.map(\.contentHash.description)))
    add("deployment_id", .texts(records.map(\.deploymentID)))
    add("evaluated_at_us", .integers(records.map { Int($0.time.microseconds) }))
    add("rule", .texts(records.map(\.rule)))
    add("rule_index", .integers(records.map(\.ruleIndex)))
    add("checked", .json(records.map(\.checked)))
    add("reason", .texts(records.map(\.reason)))
    add("variant", .texts(records.map(\.variant)))
    add("assigned_target", .texts(records.map(\.target)))
    add("bucket", .integers(records.map(\.bucket)))
    add("unit_source", .texts(records.map(\.unitSource)))
    add("propensity_ppm", .integers(records.map(\.propensityPPM)))
    add("fallbacks", .json(records.map(\.fallbacks)))
    add("shadow", .json(records.map(\.shadows)))
    add("unit_hash", .texts(records.map(\.unitHash?.hex)))
    add("ramp_unit_hash", .texts(records.map(\.rampUnitHash?.hex)))
    add("ramp_propensity_ppm", .integers(records.map(\.rampPropensityPPM)))
    add("trace_id", .texts(records.map { $0.trace?.trace }))
    add("span_id", .texts(records.map { $0.trace?.span }))
    add("sticky", ColumnVector(repeating: false, count: records.count))
    add("evaluator", .texts(records.map { _ in "assay/1" }))
    add("eval_ns", .integers(records.map(\.nanoseconds)))
    add("context_digest", .texts(records.map(\.contextDigest.description)))
    add("sample_ppm", .integers(records.map(\.samplePPM)))
    self.init(columns: columns, vectors: vectors, count: records.count)
  }
}

extension ColumnVector {
  fileprivate static func texts(_ values: [String?]) -> ColumnVector {
    var texts = TextValues()
    var validity = Bitmap(count: 0)
    for value in values {
      texts.append((value ?? "").utf8)
      validity.append(value != nil)
    }
    return ColumnVector(
      type: .string, count: values.count, validity: validity, values: .text(texts))
  }

  fileprivate static func json(_ values: [[UInt8]]) -> ColumnVector {
    var texts = TextValues()
    for value in values { texts.append(value) }
    return ColumnVector(type: .json, count: values.count, validity: nil, values: .text(texts))
  }

  fileprivate static func integers(_ values: [Int?]) -> ColumnVector {
    var validity = Bitmap(count: 0)
    for value in values { validity.append(value != nil) }
    return ColumnVector(
      type: .int64, count: values.count, validity: validity,
      values: .int64(values.map { Int64($0 ?? 0) }))
  }

  fileprivate init(repeating value: Bool, count: Int) {
    self.init(
      type: .bool, count: count, validity: nil,
      values: .bool(Bitmap(repeating: value, count: count)))
  }
}
