import Model
import Scoring
import Testing

/// Scorers that something outside applies: what they ask, and how answers are read.
@Suite struct OutsideScorerTests {
  private func measure<Kind>(_ json: String, as kind: Kind.Type) throws -> Kind {
    let json = try JSON(parsing: Array(json.utf8))
    return try #require(ScorerDocument(.array([json])).measures[0] as? Kind)
  }

  private func judge(_ options: String) throws -> JudgeScorer {
    try measure(
      #"{"type":"judge","rubric":"r@1","target":"m"\#(options)}"#, as: JudgeScorer.self)
  }

  private func vote(
    _ judge: JudgeScorer, _ text: String
  ) -> Result<JudgeVerdict, ScoringFailure> {
    do throws(ScoringFailure) {
      return .success(try judge.verdict(text))
    } catch {
      return .failure(error)
    }
  }

  // MARK: judge

  @Test func `an answer in the form that was asked for is a score, also within a fence`() throws {
    let judge = try judge("")
    #expect(judge.question == .score(least: 1, most: 5))
    let score = try judge.score([vote(judge, "```json\n{\"reason\": \"good\", \"score\": 4}\n```")])
    #expect(score.value == .number(4))
    #expect(score.detail == "4: good")
  }

  @Test(arguments: [
    ("The score is 4.", "is not a JSON object: The score is 4."), ("", "is not a JSON object"),
    (#"{"reason":"x","score":6}"#, "none of those asked for"),
    (#"{"reason":"x","score":"4"}"#, "none of those asked for"),
    (#"{"reason":"x"}"#, "none of those asked for"),
    (#"{"score":4} because"#, "is not a JSON object"),
    (#"{"reason":"x","sco"#, "not a JSON object"),
  ])
  func `any other answer is a failure and never 0`(text: String, message: String) throws {
    let judge = try judge("")
    #expect(fault { _ = try judge.score([vote(judge, text)]) }.contains(message))
  }

  @Test func `labels have values, and two of 0 and 1 are yes or no`() throws {
    let judge = try judge(#","labels":["bad","good"]"#)
    #expect(try judge.score([vote(judge, #"{"label":"good"}"#)]).value == .bool(true))
    #expect(fault { _ = try judge.score([vote(judge, #"{"label":"fine"}"#)]) } != "")
    let three = try self.judge(#","labels":["a","b","c"]"#)
    #expect(try three.score([vote(three, #"{"label":"b"}"#)]).value == .number(0.5))
    let named = try self.judge(#","labels":{"no":-1,"yes":2}"#)
    #expect(try named.score([vote(named, #"{"label":"no"}"#)]).value == .number(-1))
  }

  @Test func `of several votes more than half have to be readable, and their mean counts`() throws {
    let judge = try judge(#","votes":3"#)
    let (two, four) = (vote(judge, #"{"score":2}"#), vote(judge, #"{"score":4}"#))
    let none = vote(judge, "no")
    #expect(try judge.score([two, four, none]).value == .number(3))
    #expect(try judge.score([two, four, four]).detail == "2, 4, 4")
    #expect(fault { _ = try judge.score([two, none, none]) }.contains("not a JSON object"))
    #expect(fault { _ = try judge.score([]) } != "")
  }

  @Test func `a pair counts only where both orders agree, else it is a tie`() throws {
    let judge = try judge(#","pairs":true"#)
    let (first, second, tie) = (
      vote(judge, #"{"winner":"first"}"#), vote(judge, #"{"winner":"second"}"#),
      vote(judge, #"{"winner":"tie"}"#)
    )
    let expected:
      [(Result<JudgeVerdict, ScoringFailure>, Result<JudgeVerdict, ScoringFailure>, Double, Int)] =
        [
          (first, second, 1, 0), (second, first, 0, 0), (tie, tie, 0.5, 0), (first, first, 0.5, 1),
          (second, second, 0.5, 1), (first, tie, 0.5, 1), (tie, first, 0.5, 1),
        ]
    for (one, two, value, disagreements) in expected {
      let votes = PairVotes(shownFirst: [one], shownSecond: [two])
      let score = try judge.score(against: [votes])
      #expect(score.value == .number(value))
      #expect(score.parts.map(\.name) == ["disagreed"])
      #expect(score.parts[0].value == .number(Double(disagreements)))
      #expect(votes.counts.differently == disagreements)
    }
    let unread = PairVotes(shownFirst: [first], shownSecond: [vote(judge, "?")])
    #expect(fault { _ = try judge.score(against: [unread]) } != "")
    #expect(unread.counts.judged == 0)
    #expect(fault { _ = try judge.score(against: []) }.contains("no other output"))
  }

  @Test(arguments: [
    (#","min":1,"labels":["a","b"]"#, "three questions"), (#","against":"a""#, "goes with 'pairs'"),
    (#","labels":["a"]"#, "two or more"), (#","labels":["a","a"]"#, "two or more"),
    (#","min":5,"max":5"#, "below 'max'"), (#","votes":0"#, "from 1 to 100"),
    (#","vote":1"#, "no option 'vote'"),
  ])
  func `a judge that cannot be asked is refused`(options: String, message: String) {
    #expect(fault { _ = try judge(options) }.contains(message))
  }

  @Test func `the rubric's digest and the target's are part of the identity, limits are not`()
    throws
  {
    let digests = try ["", #","rubric_digest":"a""#, #","target_digest":"a""#].map {
      try judge($0).identity.digest
    }
    #expect(Set(digests).count == 3)
    let commands = try ["", #","timeout":5"#, #","files":[{"argument":1,"digest":"x"}]"#].map {
      try measure(
        #"{"type":"command","argv":["sh","s"]\#($0)}"#, as: CommandScorer.self
      ).identity.digest
    }
    #expect(commands[0] == commands[1])
    #expect(commands[0] != commands[2])
  }

  // MARK: command

  @Test func `what a program wrote is read by the numbers of its lines`() throws {
    let written = WrittenScores(
      parsing: Array(
        """
        {"id":2,"score":0.5,"detail":"half","parts":{"length":3,"short":true}}
        {"id":0,"score":true}
        {"id":1,"error":"too hard"}

        """.utf8), count: 4)
    #expect(try written.score(0).get().value == .bool(true))
    #expect(fault { _ = try written.score(1).get() } == "the program says: too hard")
    let half = try written.score(2).get()
    #expect(half.value == .number(0.5))
    #expect(half.detail == "half")
    #expect(half.parts.map(\.name) == ["length", "short"])
    #expect(fault { _ = try written.score(3).get() } == "the program wrote no score for it")
  }

  @Test(arguments: [
    ("hello", "its line 1 is not a JSON object"), (#"{"score":1}"#, "its line 1 has no 'id'"),
    (#"{"id":7,"score":1}"#, "its line 1 has no 'id'"),
    (#"{"id":1,"score":1}"# + "\n" + #"{"id":1,"score":0}"#, "its line 2 is another score"),
    (#"{"id":1,"score":"high"}"#, "its line 1 has no 'score'"),
    (#"{"id":1,"score":null}"#, "its line 1 has no 'score'"),
    (#"{"id":1,"score":1e999}"#, "its line 1 is not a JSON object"),
    (#"{"id":1,"score":1,"parts":{"a":"b"}}"#, "its line 1 has 'parts'"),
  ])
  func `a line that is no score is named, and no output gets one of it`(
    text: String, message: String
  ) {
    let written = WrittenScores(parsing: Array(text.utf8), count: 2)
    #expect(fault { _ = try written.score(0).get() }.contains(message))
  }
}
