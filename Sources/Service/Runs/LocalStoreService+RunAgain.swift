import Analysis
package import Model
import Providers
import Running
import Statistics
import Store
import Wire

extension LocalStoreService {
  /// The document of a run that measures an earlier one again: the same inputs and calls.
  /// - Parameters:
  ///   - targets: Targets that are called too.
  ///   - providers: The providers; nil for those of the earlier run, or with further targets for
  ///     the present ones of the same dataset.
  ///   - reuses: True to keep answers of calls that are the same.
  /// - Throws: ``StoreError`` as a run does that has no outputs.
  package func againDocument(
    _ text: String, adding targets: [String], providers: String?, reuses: Bool
  ) throws(StoreError) -> JSON {
    let run = try namedRun(text)
    guard let outputs = run.outputs, var members = run.definition.json.object else {
      throw StoreError(
        .missing,
        "\(run.document.reference) has no outputs to measure again; go on with it by 'assay run "
          + "resume'")
    }
    members["again"] = .string(outputs.reference)
    members["reuse"] = reuses ? nil : .string("never")
    // The prices of now.
    members["prices"] = nil
    if let providers {
      members["providers"] = .string(providers)
    } else if !targets.isEmpty {
      members["providers"] = .string(
        try Reference(parsing: run.definition.providers).dataset.text)
    }
    switch members["targets"] {
    case .array(let known)?: members["targets"] = .array(known + targets.map(JSON.string))
    case .object(var known)?:
      for target in targets { known.append(target, .string(target)) }
      members["targets"] = .object(known)
    default: break
    }
    return .object(members)
  }

  /// Rows with a column that says which answers changed since the run that is measured again.
  func markingChanges(
    _ rows: [JSON.Object], _ definition: RunDefinition
  ) throws(StoreError) -> [JSON.Object] {
    guard let text = definition.again else { return rows }
    var before: [DataText: [JSON?]] = [:]
    for answer in try answers(of: try seen(text)) {
      before[answer.key] = answer.content
    }
    return rows.map { row in
      guard !RunColumns.isError(row), row["reused"] != .bool(true),
        let key = row["call_key"]?.string, let content = before[DataText(key)]
      else { return row }
      var row = row
      row[RunColumns.changed] = .bool(RunColumns.content(row) != content)
      return row
    }
  }

  /// The differences between the answers of a run and of the version that it measures again; nil
  /// for a run that measures none.
  func changes(
    of outputs: Version, _ definition: RunDefinition
  ) throws(StoreError) -> RunChangesDocument? {
    guard let text = definition.again else { return nil }
    let earlier = try seen(text)
    guard earlier.number != outputs.number else { return nil }
    let before = try answers(of: earlier)
    let after = try answers(of: outputs)
    var models: [DataText] = []
    for answer in after where !models.contains(answer.model) { models.append(answer.model) }
    var known: [DataText: Answered] = [:]
    for answer in before { known[answer.key] = answer }
    return RunChangesDocument(
      against: earlier.reference,
      models: models.compactMap { model in
        let own = before.filter { $0.model == model }
        let pairs = after.filter { $0.model == model }.compactMap { answer in
          known[answer.key].map { (before: $0, after: answer) }
        }
        guard !pairs.isEmpty else { return nil }
        return Self.change(model, pairs, own)
      })
  }

  /// An answer of a run.
  private struct Answered {
    let key: DataText
    let item: DataText
    let model: DataText
    let content: [JSON?]
    let reported: String?
  }

  private func answers(of version: Version) throws(StoreError) -> [Answered] {
    let outcomes = try outcomes(of: version)
    guard !outcomes.isEmpty else { return [] }
    let table = try table(version.pinned, columns: ["item", "model"]).table
    let items = try table.texts("item")
    let models = try table.texts("model")
    var answers: [Answered] = []
    for (row, columns) in outcomes.enumerated() where !RunColumns.isError(columns) {
      guard let key = columns["call_key"]?.string, columns["reused"] != .bool(true) else {
        continue
      }
      let names = [columns["model_reported"]?.string, columns["fingerprint"]?.string]
      let reported = names.compactMap { $0 }.joined(separator: " ")
      answers.append(
        Answered(
          key: DataText(key), item: DataText(items[row] ?? ""), model: DataText(models[row] ?? ""),
          content: RunColumns.content(columns),
          reported: reported.isEmpty ? nil : reported))
    }
    return answers
  }

  private static func change(
    _ model: DataText, _ pairs: [(before: Answered, after: Answered)], _ own: [Answered]
  ) -> RunChangesDocument.Model {
    let changed = pairs.count { $0.before.content != $0.after.content }
    // Neighbouring attempts at an item, so that no answer counts more than twice.
    var last: [DataText: Answered] = [:]
    var twins = 0
    var differing = 0
    for answer in own {
      if let other = last[answer.item] {
        twins += 1
        if other.content != answer.content { differing += 1 }
      }
      last[answer.item] = answer
    }
    let change = Proportion.wilson(successes: changed, trials: pairs.count)
    let noise = Proportion.wilson(successes: differing, trials: twins)
    var isMore: Bool?
    if changed == 0 {
      isMore = false
    } else if let low = change?.lower, let high = noise?.upper {
      isMore = low > high
    }
    func names(_ answers: [Answered]) -> [String] {
      answers.compactMap(\.reported).textSet.sorted().map(\.string)
    }
    return RunChangesDocument.Model(
      model: model.string, compared: pairs.count, changed: changed, pairs: twins,
      differing: differing, isMoreThanNoise: isMore, before: names(pairs.map(\.before)),
      after: names(pairs.map(\.after)))
  }
}
