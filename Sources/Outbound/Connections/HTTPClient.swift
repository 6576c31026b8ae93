import Glibc
package import Model
import Platform
import Synchronization

/// Sends requests to servers, again where that helps and does no harm.
///
/// Any thread may call it; a call blocks until it is answered.
package final class HTTPClient: Sendable {
  /// Takes a piece of a body.
  package typealias Sink = ([UInt8]) throws(StoreError) -> Void

  private let policy: RetryPolicy
  private let sleep: @Sendable (Duration) -> Void
  private let seeds: Mutex<UInt64>
  private let pool = ConnectionPool()

  private let documentLimit: Int

  /// The most bytes of an error's document.
  private static let problemLimit = 64 << 10
  /// So many bytes of a download at once make it worth as many attempts as at its beginning.
  private static let progressBytes = 1 << 20

  /// A client without connections yet.
  /// - Parameters:
  ///   - sleep: Waits; other than the real one in tests.
  ///   - seed: Of the random part of pauses.
  ///   - documentLimit: The most bytes of a document that is kept in memory.
  package init(
    policy: RetryPolicy = RetryPolicy(), documentLimit: Int = 256 << 20,
    seed: UInt64 = SystemRandom.number(),
    sleep: @escaping @Sendable (Duration) -> Void = HTTPClient.wait
  ) {
    self.policy = policy
    self.documentLimit = documentLimit
    self.sleep = sleep
    seeds = Mutex(seed)
  }

  /// Waits on this thread.
  package static let wait: @Sendable (Duration) -> Void = { duration in
    let parts = duration.components
    var rest = timespec(
      tv_sec: Int(parts.seconds), tv_nsec: Int(parts.attoseconds / 1_000_000_000))
    var left = timespec()
    while unsafe nanosleep(&rest, &left) != 0, errno == EINTR { rest = left }
  }

  /// Waits as the client does between attempts.
  package func pause(_ duration: Duration) { sleep(duration) }

  /// Sends a request and returns the server's answer, of whatever status.
  /// - Parameter report: Called now and then with the bytes of the request's body sent so far.
  /// - Throws: ``TransferFailure`` when no answer comes.
  package func send(
    _ request: HTTPRequest, to address: ServerAddress, report: (Int) -> Void = { _ in }
  ) throws(TransferFailure) -> HTTPAnswer {
    try exchange(request, with: address, handsOn: false, report: report) { _ in
    } sink: { _ in
    }
  }

  /// Sends a request and hands on the body of its answer, if it succeeds: each byte once, over as
  /// many connections as it takes.
  /// - Parameter check: Refuses the head of an answer that may not be handed on.
  /// - Throws: ``TransferFailure`` when the answer does not come whole, with the cause `local` for
  ///   what `check` and `sink` throw.
  package func download(
    _ request: HTTPRequest, from address: ServerAddress,
    check: (HTTPResponseHead) throws(StoreError) -> Void, sink: Sink
  ) throws(TransferFailure) -> HTTPAnswer {
    try exchange(request, with: address, handsOn: true, report: { _ in }, check: check, sink: sink)
  }

  private func exchange(
    _ request: HTTPRequest, with address: ServerAddress, handsOn: Bool, report: (Int) -> Void,
    check: (HTTPResponseHead) throws(StoreError) -> Void, sink: Sink
  ) throws(TransferFailure) -> HTTPAnswer {
    var schedule = RetrySchedule(policy, isRepeatable: request.isRepeatable, seed: nextSeed())
    var download = DownloadState()
    var isInterrupted = false
    while true {
      let before = download.received
      var failure: TransferFailure
      do throws(TransferFailure) {
        let answer = try attempt(
          request, with: address, &download, handsOn: handsOn,
          followsInterruption: isInterrupted, report: report, check: check, sink: sink)
        let outcome = RetryOutcome.answered(
          status: answer.head.status, retryAfter: answer.head.retryAfter)
        guard !answer.head.isSuccess, let pause = schedule.pause(after: outcome) else {
          return answer
        }
        sleep(pause)
        continue
      } catch {
        let wasSent =
          error.cause == .interrupted || error.cause == .malformed || download.isAnswered
        isInterrupted = isInterrupted || error.cause == .interrupted
        failure = error
        failure.mayBeDone = request.isChange && (isInterrupted || wasSent)
      }
      let hasProgressed = download.received - before >= Self.progressBytes
      guard download.canResume,
        let pause = schedule.pause(after: .failed(failure.cause), hasProgressed: hasProgressed)
      else { throw failure }
      sleep(pause)
    }
  }

  private func attempt(
    _ request: HTTPRequest, with address: ServerAddress, _ download: inout DownloadState,
    handsOn: Bool, followsInterruption: Bool, report: (Int) -> Void,
    check: (HTTPResponseHead) throws(StoreError) -> Void, sink: Sink
  ) throws(TransferFailure) -> HTTPAnswer {
    var request = request
    for (name, value) in download.fields { request.add(name, value) }
    var state = download
    // What was handed on stays so, however the attempt ends.
    defer { download = state }
    var body: [UInt8] = []
    var hasBegun = false
    let head = try pool.withConnection { connection throws(TransferFailure) in
      try connection.perform(request, to: address) {
        head, bytes throws(StoreError) in
        state.isAnswered = true
        guard handsOn, head.isSuccess else {
          let limit = head.isSuccess ? documentLimit : Self.problemLimit
          guard body.count + bytes.count <= limit else {
            if head.isSuccess { throw Self.tooLarge }
            return
          }
          body += bytes
          return
        }
        if !hasBegun {
          try check(head)
          try state.begin(head)
          hasBegun = true
        }
        let piece = state.take(bytes)
        if !piece.isEmpty { try sink(piece) }
      } report: { sent in
        report(sent)
      }
    }
    if handsOn, head.isSuccess, !hasBegun {
      try Self.locally { () throws(StoreError) in
        try check(head)
        try state.begin(head)
      }
    }
    return HTTPAnswer(
      head: head, body: body, followsInterruption: followsInterruption,
      isToChange: request.isChange)
  }

  private static func locally(
    _ body: () throws(StoreError) -> Void
  ) throws(TransferFailure) {
    do throws(StoreError) { try body() } catch { throw TransferFailure(error) }
  }

  /// The error of an answer that is larger than is kept in memory.
  ///
  /// It is `package` for the compiler, which does not count types that closures throw when it looks
  /// whether this file needs Model in its package declarations.
  package static let tooLarge: StoreError = StoreError(
    .exhausted, "the server's answer is too large to be kept; ask for less at a time")

  private func nextSeed() -> UInt64 {
    seeds.withLock { seed in
      seed &+= 1
      return seed
    }
  }
}
