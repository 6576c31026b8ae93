import Model
import Platform
import Providers
import Running
import Scoring
import Store

extension RunDefinition {
  /// True when one of its scorers is a judge.
  var hasJudge: Bool {
    scorers.contains { $0.object?["type"] == .string(JudgeScorer.type) }
  }
}

extension LocalStoreService {
  /// Scorers with the digests of what they name: the files of a program, a judge's rubric and how
  /// it is called.
  /// - Parameter set: Reads the providers, where a scorer needs them.
  func pinned(
    _ scorers: [JSON], _ set: () throws(StoreError) -> ProviderSet
  ) throws(StoreError) -> [JSON] {
    try scorers.map { (scorer) throws(StoreError) -> JSON in
      var members = scorer.object
      if let text = scorer.string { members = try ScorerShortForm.json(text).object }
      guard var members else { return scorer }
      switch members["type"]?.string {
      case CommandScorer.type:
        try callRules.requireProgram(ofScorer: members["name"]?.string ?? CommandScorer.type)
        let argv = members["argv"]
        members[CommandScorer.filesName] = try Self.files(
          in: (argv?.array ?? [argv].compactMap { $0 }).compactMap(\.string))
      case JudgeScorer.type: try pin(&members, try set())
      default: return scorer
      }
      return .object(members)
    }
  }

  private func pin(
    _ judge: inout JSON.Object, _ set: ProviderSet
  ) throws(StoreError) {
    // What is missing is an error where scorers are read.
    guard let rubric = judge["rubric"]?.string, let name = judge["target"]?.string else { return }
    let (version, prompt) = try prompt(rubric)
    let target = try set.target(name).identity(of: ChatRequest(prompt: ""))
    judge["rubric"] = .string(version.reference)
    judge[JudgeScorer.rubricDigest] = .string(prompt.digest.description)
    judge[JudgeScorer.placesName] = JSON(prompt.variables)
    judge[JudgeScorer.targetDigest] = .string(
      Digest(hashing: target.canonicalBytes).description)
  }

  /// The digests of those arguments of a program that are files, by their places.
  private static func files(in argv: [String]) throws(StoreError) -> JSON {
    var files: [JSON] = []
    for (place, path) in argv.enumerated() where path != "-" && !path.hasPrefix("/dev/") {
      // A name without a slash is looked for on the PATH.
      if place == 0, !path.contains("/") { continue }
      guard let digest = try digest(ofFile: path) else { continue }
      files.append([
        "argument": .integer(Int64(place)), "digest": .string(digest.description),
      ])
    }
    return .array(files)
  }

  /// The digest of a file's bytes; nil for what is no file that can be read.
  private static func digest(ofFile path: String) throws(StoreError) -> Digest? {
    let file: RegularFile
    do throws(StoreError) {
      file = try RegularFile(path)
    } catch {
      return nil
    }
    var hasher = DigestHasher()
    while true {
      let piece = try file.next()
      if piece.isEmpty { return hasher.finalize() }
      hasher.update(piece)
    }
  }

  /// Throws unless the scorers of a run can be applied to its outputs, as far as that is known
  /// before there are any.
  func requireScorers(of run: ResolvedRun) throws(StoreError) {
    guard !run.definition.scorers.isEmpty else { return }
    let document = try ScorerDocument(.array(run.definition.scorers))
    let names =
      RunColumns.key + ["input"] + RunColumns.outcomeNames + run.schema.columns.map(\.name)
    for measure in document.measures {
      if let judge = measure as? JudgeScorer { try judge.requirePlaces() }
      for column in measure.columns.required where !names.hasText(column) {
        throw StoreError(
          .usage,
          "the scorer '\(measure.identity.name)' reads the column '\(column)', which neither the "
            + "outputs of a run nor \(run.inputs.reference) have; \(Spelling.advice(column, names))"
        )
      }
    }
  }
}
