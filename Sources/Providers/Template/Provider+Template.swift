import Model

extension Provider {
  /// Submits a job, asks for its state until it has ended, and reads its result.
  ///
  /// The answer's request id is the job's. A job that was submitted before is asked for at once. A
  /// call that ends before its job leaves the job to the provider.
  func run(_ template: HTTPTemplate, _ call: Call) async throws(ProviderError) -> Answer {
    guard let poll = template.poll, let known = call.job.known else {
      let (job, first) = try await submit(template, call)
      if template.poll != nil { await call.job.submitted(call.mask.masked(job)) }
      return try await result(of: job, template, first, call)
    }
    let first: Part
    do throws(ProviderError) {
      first = try await answer(get(poll.path, known, call), call)
    } catch {
      throw Self.failure(error, of: known, template, call)
    }
    return try await result(of: known, template, first, call)
  }

  /// Submits a job; returns its id, which is empty without one, and the answer.
  private func submit(
    _ template: HTTPTemplate, _ call: Call
  ) async throws(ProviderError) -> (job: String, first: Part) {
    var request = request(
      HTTPTemplate.path(template.submit.path, job: "", model: call.order.model), call,
      accept: "*/*")
    request.body = try template.body(call.order).compactBytes
    let first = try await answer(request, call)
    guard let pointer = template.requestID else { return ("", first) }
    guard let id = first.json?.value(at: pointer).flatMap(Self.identity) else {
      throw ProviderError(.malformed, "the answer to the job has no id at '\(pointer)'")
    }
    return (id, first)
  }

  /// The failure of a call after its job was submitted.
  private static func failure(
    _ error: ProviderError, of job: String, _ template: HTTPTemplate, _ call: Call
  ) -> ProviderError {
    var failure = error.masked(by: call.mask, requestID: job.isEmpty ? nil : job)
    // A job that the provider does not know any more, or whose result is none, has ended.
    let isLost = failure.status == 404 || failure.status == 410
    let hasEnded = failure.kind == .malformed || failure.isOfJob || isLost
    if isLost {
      failure = ProviderError(
        .invalidRequest, "the provider does not know the job: \(failure.message)"
      ).of(failure)
    }
    failure.leavesJob = template.poll != nil && !job.isEmpty && !hasEnded
    return failure
  }

  private func result(
    of job: String, _ template: HTTPTemplate, _ first: Part, _ call: Call
  ) async throws(ProviderError) -> Answer {
    var last = first
    do throws(ProviderError) {
      if let poll = template.poll {
        last = try await end(of: job, poll, template.result, last, call)
      }
      if let path = template.result.path {
        last = try await answer(get(path, job, call), call)
      }
      var answer = try Self.result(template.result, last)
      answer.requestID = job.isEmpty ? nil : job
      try await fetchMedia(&answer)
      answer.timing.total = ContinuousClock.now - call.start
      return answer.masked(by: call.mask)
    } catch {
      throw Self.failure(error, of: job, template, call)
    }
  }

  /// An answer of any status of success.
  private struct Part {
    let bytes: [UInt8]
    let mediaType: String?

    var json: JSON? { try? JSON(parsing: bytes, depth: 128, keepingDuplicates: true) }
  }

  private static func identity(_ json: JSON) -> String? {
    json.string ?? json.integer.map { String($0) }
  }

  private func get(_ path: String, _ job: String, _ call: Call) -> UpstreamRequest {
    var request = request(
      HTTPTemplate.path(path, job: job, model: call.order.model), call, accept: "*/*")
    request.method = .get
    return request
  }

  private func answer(
    _ request: UpstreamRequest, _ call: Call
  ) async throws(ProviderError) -> Part {
    let response = try await upstreamResponse(request)
    call.deadlines.heard(at: .now)
    guard (200..<300).contains(response.status) else { throw try await failure(response) }
    let bytes = try await bytes(response) { call.deadlines.heard(at: .now) }
    // Between two requests nothing is to be heard.
    call.deadlines.rests()
    return Part(bytes: bytes, mediaType: response.header("content-type"))
  }

  /// Asks for a job's state until it has ended, ever less often.
  private func end(
    of job: String, _ poll: HTTPTemplate.Poll, _ result: HTTPTemplate.Result, _ first: Part,
    _ call: Call
  ) async throws(ProviderError) -> Part {
    var pause = poll.interval
    var last = first
    while true {
      let state = last.json?.value(at: poll.state).flatMap(Self.identity)
      if let state, poll.done.contains(where: { $0.hasBytes(of: state) }) { return last }
      if let state, poll.failed.contains(where: { $0.hasBytes(of: state) }) {
        let reason = result.error.flatMap { last.json?.value(at: $0) }.map { $0.string ?? $0.text }
        var failure = ProviderError(
          .serverError, "the job ended as '\(state)'" + (reason.map { ": \($0)" } ?? ""))
        failure.isOfJob = true
        throw failure
      }
      do {
        try await Task.sleep(for: pause)
      } catch {
        throw ProviderError(UpstreamError.cancelled)
      }
      pause = min(pause * 3 / 2, poll.longest)
      last = try await answer(get(poll.path, job, call), call)
    }
  }

  private static func result(
    _ result: HTTPTemplate.Result, _ last: Part
  ) throws(ProviderError) -> Answer {
    var answer = Answer()
    answer.finishReason = .stop
    if result.form == .body {
      answer.media = [
        Answer.Media(
          mediaType: result.mediaType ?? last.mediaType ?? "application/octet-stream",
          bytes: last.bytes)
      ]
      return answer
    }
    guard let output = last.json?.value(at: result.output), !output.isNull else {
      throw ProviderError(.malformed, "the result has no output at '\(result.output)'")
    }
    let texts = (output.array ?? [output]).compactMap(\.string)
    switch result.form {
    case .text: answer.text = output.string ?? output.text
    case .json: answer.text = output.text
    case .url: answer.mediaURLs = texts
    case .base64:
      for text in texts { answer.media.append(try Answer.Media(base64: text, result.mediaType)) }
    case .body: break
    }
    guard answer.text != nil || !answer.media.isEmpty || !answer.mediaURLs.isEmpty else {
      throw ProviderError(.malformed, "the output at '\(result.output)' is not a text")
    }
    return answer
  }
}
