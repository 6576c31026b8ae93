package import Model
import Platform
package import Providers

/// The things of the world that a run needs, so that tests can put others in their places.
package struct RunEnvironment: Sendable {
  package var clock: any RunClock = SystemRunClock()
  /// The time of day.
  package var time: @Sendable () -> Timestamp
  /// A number from 0 up to 1.
  package var fraction: @Sendable () -> Double = { Double(SystemRandom.number() >> 11) / 0x1p53 }
  /// Receives the state of the run after each call that ended.
  package var progress: @Sendable (RunProgress) -> Void = { _ in }

  /// The environment of a machine whose time of day is `time`.
  package init(time: @escaping @Sendable () -> Timestamp) { self.time = time }
}

/// One execution of a run: it sends the calls that have no outcome, each as often as its provider's
/// document says, and keeps every step in a journal before it counts.
///
/// It is run once. Cancelling the task cancels the calls under way; what became of them is not
/// known then.
package final class Runner: Sendable {
  /// A call of a model, once; its job is kept.
  package typealias Caller =
    @Sendable (Target, ChatRequest, CallJob) async throws(ProviderError) -> Answer

  private let plan: RunPlan
  private let prices: RunPrices
  private let journal: any CallJournal
  private let environment: RunEnvironment
  private let caller: Caller
  private let desk: RunDesk
  /// The name of the run in its rows.
  private let name: String

  /// A run of `plan` called `name`.
  /// - Parameters:
  ///   - history: The run so far.
  ///   - known: Outcomes of calls that need not be made, by their keys.
  package init(
    _ plan: RunPlan, _ definition: RunDefinition, named name: String, _ prices: RunPrices,
    journal: any CallJournal, history: RunHistory, known: [Digest: JSON.Object],
    in environment: RunEnvironment, caller: @escaping Caller
  ) {
    self.plan = plan
    self.name = name
    self.prices = prices
    self.journal = journal
    self.environment = environment
    self.caller = caller
    desk = RunDesk(
      plan, definition.limits, history: history, known: known, in: environment)
  }

  /// Sends no more calls; those under way are waited for.
  package func stop() async { await desk.stop(.stopped) }

  /// Makes the calls.
  /// - Throws: ``StoreError`` when the journal cannot be written; nothing is sent after that.
  package func run() async throws(StoreError) -> RunOutcome {
    let desk = desk
    await withTaskCancellationHandler {
      await withDiscardingTaskGroup { lanes in
        for lane in await desk.laneCount {
          lanes.addTask { await self.drive(lane) }
        }
      }
    } onCancel: {
      Task { await desk.stop(.cancelled) }
    }
    return try await desk.outcome()
  }

  /// Sends the calls of a provider as they become due.
  private func drive(_ lane: Int) async {
    await withDiscardingTaskGroup { calls in
      while let sending = await desk.next(lane) {
        calls.addTask { await self.perform(sending) }
      }
    }
  }

  private func perform(_ sending: RunDesk.Sending) async {
    do throws(StoreError) {
      let call = plan.calls[sending.call]
      let start = environment.time()
      if sending.job == nil {
        try await journal.append([
          .intent(key: call.key, send: sending.send, bound: call.bound, at: start)
        ])
      }
      let (sent, result) = await send(call, sending, start)
      // A program may call its own failure a cancellation.
      let isAbandoned = result.error?.kind == .cancelled && Task.isCancelled
      switch await desk.ended(sending, sent, result.error, isAbandoned: isAbandoned) {
      case .abandoned: return
      case .asked(let due): await desk.again(sending.call, at: due)
      case .repeated(let due):
        try await journal.append([
          .failure(key: call.key, send: sending.send, charged: sent.cost ?? call.bound ?? 0)
        ])
        await desk.again(sending.call, at: due)
      case .final(let sends):
        let columns = try await columns(result, call, sends, late: sending.late)
        try await journal.append([
          .result(
            key: call.key, send: sending.send, charged: sent.cost ?? call.bound ?? 0,
            columns: columns)
        ])
        await desk.settle(sending.call, columns)
      }
    } catch {
      await desk.fail(error)
    }
  }

  private func send(
    _ call: RunPlan.Call, _ sending: RunDesk.Sending, _ start: Timestamp
  ) async -> (SentCall, Result<Answer, ProviderError>) {
    let target = plan.targets[call.target]
    let began = environment.clock.now
    let job = CallJob(known: sending.job) { id in
      await self.submitted(sending, call, id)
    }
    let result: Result<Answer, ProviderError>
    do throws(ProviderError) {
      result = .success(try await caller(target, plan.request(call), job))
    } catch {
      result = .failure(error)
    }
    var cost: Int64?
    switch result {
    case .success(let answer):
      cost = prices.cost(answer.usage, target, reported: answer.modelReported)
    case .failure(let error): cost = error.kind.mayCost || error.leavesJob ? nil : 0
    }
    let sent = SentCall(
      send: sending.send, start: start,
      milliseconds: (environment.clock.now - began).wholeMilliseconds,
      error: result.error?.kind, retryAfter: result.error?.retryAfter, cost: cost,
      usedTokens: result.tokens, rates: result.rates)
    return (sent, result)
  }

  /// Keeps the id of a job before it is asked for.
  private func submitted(_ sending: RunDesk.Sending, _ call: RunPlan.Call, _ id: String) async {
    do throws(StoreError) {
      try await journal.append([.job(key: call.key, send: sending.send, id: id)])
      await desk.submitted(sending, job: id)
    } catch {
      // The answer may still be kept in memory, but nothing more is sent.
      await desk.fail(error)
    }
  }

  private func columns(
    _ result: Result<Answer, ProviderError>, _ call: RunPlan.Call, _ sends: [SentCall],
    late: Duration?
  ) async throws(StoreError) -> JSON.Object {
    let target = plan.targets[call.target]
    let outcome = CallOutcome(
      call: call, target: target, sends: sends, end: environment.time(),
      prices: prices.reference(of: target), run: name, late: late)
    switch result {
    case .failure(let error): return outcome.columns(error)
    case .success(let answer):
      guard answer.media.count <= RunColumns.files.count else {
        return outcome.columns(.tooManyFiles(answer.media.count, RunColumns.files.count))
      }
      var files: [FileValue] = []
      for media in answer.media {
        files.append(try await journal.keep(media.bytes, mediaType: media.mediaType))
      }
      return outcome.columns(answer, files: files)
    }
  }
}

extension Result<Answer, ProviderError> {
  fileprivate var error: ProviderError? {
    if case .failure(let error) = self { error } else { nil }
  }

  fileprivate var rates: RateReport? {
    switch self {
    case .success(let answer): answer.rates
    case .failure(let error): error.rates
    }
  }

  /// The tokens that were used; nil when the provider does not say.
  fileprivate var tokens: Int? {
    guard case .success(let answer) = self, let input = answer.usage.allInput else { return nil }
    return input.adding(answer.usage.output ?? 0)
  }
}
