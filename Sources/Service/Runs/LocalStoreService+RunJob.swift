import Access
package import Model
package import Running
import Store
package import Wire

/// A run that may begin: its calls are known, and its document is saved.
package struct ReadyRun: Sendable {
  fileprivate let prepared: PreparedRun
  fileprivate let resumes: Bool
  fileprivate let message: String
  fileprivate let author: String
  fileprivate let control = RunControl()
  /// True to make calls again whose outcomes are not known.
  package let repeatsUnknown: Bool
  /// The version of its document: `triage.run@2`.
  package let reference: String

  /// The dataset of its outputs.
  package var into: DatasetName { prepared.into }

  /// Asks it to send no more calls, and to wait for those under way; any thread may, at any time.
  package func stop() { control.stop() }
}

extension LocalStoreService {
  /// Prepares the run of an order, and saves its document; no call is sent.
  /// - Throws: ``StoreError``: `usage` unless the order is of one run; `denied` for a dataset that
  ///   the caller may not write, and for programs where none may be started; `conflict` while a run
  ///   into the same dataset goes on; `invalid` for a faulty document, `missing` for versions and
  ///   targets that are not there.
  package func ready(_ request: RunRequest) throws(StoreError) -> ReadyRun {
    let document = try runDocument(of: request)
    try limit?.requireReach(of: try DatasetName(Self.definition(document).into))
    let prepared = try prepare(document)
    try limit?.requireReach(of: prepared.documents)
    try requireCalls(of: prepared)
    if try RunLog.isExecuted(prepared.into, in: store) {
      throw RunLog.isUnderWay(prepared.into)
    }
    let (message, author) = (request.message ?? "", author(request.author ?? ""))
    let saved = try keepDocument(of: prepared, message, author)
    return ReadyRun(
      prepared: prepared, resumes: request.resume != nil, message: message, author: author,
      repeatsUnknown: request.onUnknown != .skip, reference: saved.reference)
  }

  /// Throws unless the caller may write the outputs of a run.
  /// - Throws: ``StoreError``: `denied`, and as ``runStatus(_:)``.
  package func requireOwnRun(_ text: String) throws(StoreError) {
    try limit?.requireReach(of: try namedRun(text).into)
  }

  /// The document that an order names.
  private func runDocument(of request: RunRequest) throws(StoreError) -> JSON {
    switch (request.document, request.resume, request.again) {
    case (let document?, nil, nil): return document
    case (nil, let run?, nil): return try runDocument(run)
    case (nil, nil, let again?):
      return try againDocument(
        again.run, adding: again.addTargets ?? [], providers: again.providers,
        reuses: again.reuse ?? false)
    default:
      throw StoreError(.usage, "a run is a 'document', or an earlier run: 'resume' or 'again'")
    }
  }

  /// Executes a run that is ready, and scores its outputs.
  ///
  /// A run whose process ended before it did goes on where it was. Cancelling the task cancels the
  /// calls under way.
  /// - Parameter repeatsUnknown: Returns true when calls whose outcomes are not known are made
  ///   again, given how many they are and the most that they can have cost; false to leave them
  ///   out.
  /// - Throws: ``StoreError`` when the run cannot begin, or what happens cannot be kept.
  package func run(
    _ ready: ReadyRun, repeatsUnknown: (Int, Int64?) throws(StoreError) -> Bool,
    progress: @escaping @Sendable (RunProgressDocument) -> Void
  ) async throws(StoreError) -> RunReportDocument {
    let (report, outcome) = try await made(
      ready.prepared, resumes: ready.resumes, ready.message, ready.author, ready.control,
      { progress(RunProgressDocument($0)) },
      repeatsUnknown)
    return await scored(report, outcome, of: ready.prepared, ready.author, ready.control) {
      progress(RunProgressDocument($0))
    }
  }
}

extension RunProgressDocument {
  /// The document of a run's progress.
  package init(_ progress: RunProgress) {
    self.init(
      targets: progress.targets.map {
        .init(model: $0.name, done: $0.done, total: $0.total, errors: $0.errors, stop: $0.stop)
      },
      inFlight: progress.inFlight,
      oldestMilliseconds: progress.oldest.map {
        $0.components.seconds * 1_000 + $0.components.attoseconds / 1_000_000_000_000_000
      },
      errors: progress.errors.map { .init(errorClass: $0.kind, count: $0.count) },
      atMostNanodollars: progress.atMost, capNanodollars: progress.cap)
  }
}
