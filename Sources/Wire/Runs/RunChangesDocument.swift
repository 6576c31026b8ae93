/// The differences between the answers of two runs whose calls are the same.
package struct RunChangesDocument: Codable, Sendable, Hashable {
  /// The differences of one model.
  package struct Model: Codable, Sendable, Hashable {
    package let model: String
    /// The calls with equal keys that both runs have answers of.
    package let compared: Int
    /// Those whose answers differ.
    package let changed: Int
    /// The pairs of attempts at an item within the earlier run, and those that differ: what changes
    /// by itself.
    package let pairs: Int
    package let differing: Int
    /// True when more has changed than does by itself, by intervals of 95 % that do not overlap;
    /// nil when the earlier run has too few pairs to say.
    package let isMoreThanNoise: Bool?
    /// The models, and their fingerprints, that answers reported.
    package let before: [String]
    package let after: [String]

    /// A model with all members.
    package init(
      model: String, compared: Int, changed: Int, pairs: Int, differing: Int,
      isMoreThanNoise: Bool?, before: [String], after: [String]
    ) {
      self.model = model
      self.compared = compared
      self.changed = changed
      self.pairs = pairs
      self.differing = differing
      self.isMoreThanNoise = isMoreThanNoise
      self.before = before
      self.after = after
    }
  }

  /// The earlier version of the outputs.
  package let against: String
  package let models: [Model]

  /// True when a model reports to be another, or more of its answers changed than do by themselves,
  /// as far as that is known.
  package var isAlarming: Bool {
    models.contains { model in
      model.before != model.after || (model.changed > 0 && model.isMoreThanNoise != false)
    }
  }

  /// Differences from `against`.
  package init(against: String, models: [Model]) {
    self.against = against
    self.models = models
  }
}
