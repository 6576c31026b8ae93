import Foundation
import TestSupport
import Testing

/// `assay score` with programs, judges and people, with programs as providers: no key, no network.
@Suite(.tags(.slow), .unlessFast) struct OutsideScorerTests {
  /// A workplace with outputs of two models, their inputs, a judge and prices of it.
  ///
  /// The judge counts its calls, gives 5 to what has "good" and 1 to what has not, and prefers the
  /// longer of two outputs, but for a pair with "biased" the first.
  private func workplace() throws -> Workplace {
    let place = try Workplace()
    try place.write(
      #"{"id":"q1","question":"one?","answer":"good"}"# + "\n"
        + #"{"id":"q2","question":"two?","answer":"bad"}"# + "\n", as: "in.jsonl")
    try place.write(
      [
        #"{"item":"q1","model":"large","attempt":1,"output":"very good"}"#,
        #"{"item":"q1","model":"small","attempt":1,"output":"bad"}"#,
        #"{"item":"q2","model":"large","attempt":1,"output":"biased"}"#,
        #"{"item":"q2","model":"small","attempt":1,"output":"good too"}"#,
      ].joined(separator: "\n") + "\n", as: "out.jsonl")
    try place.write(
      #"""
      read -r line
      printf '%s\n' "$line" >> calls
      [ -e broken ] && { echo '{"output":"I would say 4"}'; exit; }
      [ -e down ] && { echo '{"error":{"class":"invalid_request","message":"no"}}'; exit; }
      case "$line" in
        *FIRST*biased*) verdict='\"winner\":\"first\"';;
        *"FIRST=very good"*|*"FIRST=good too"*) verdict='\"winner\":\"first\"';;
        *FIRST*) verdict='\"winner\":\"second\"';;
        *"OUTPUT="*good*) verdict='\"score\":5';;
        *) verdict='\"score\":1';;
      esac
      printf '{"output":"{\\"reason\\":\\"so it is\\",%s}","usage":{"input_tokens":10,"output_tokens":5}}\n' "$(printf '%s' "$verdict")"
      """#, as: "judge.sh")
    for arguments in [
      ["push", "questions", "in.jsonl", "--key", "id", "--kind", "inputs"],
      [
        "push", "triage", "out.jsonl", "--key", "item,model,attempt", "--kind", "outputs",
        "--from", "questions@1",
      ],
      [
        "provider", "add", "local", "--protocol", "command", "--prices", "prices", "--max-tokens",
        "10", "--command", "sh", "judge.sh",
      ],
      ["prompt", "push", "rubric", "--text", "{{question}} OUTPUT={{output}}"],
      ["prompt", "push", "better", "--text", "{{question}} FIRST={{first}} SECOND={{second}}"],
    ] {
      let done = try place.run(all: arguments)
      try #require(done.status == 0, "\(done.error)")
    }
    try place.write(
      #"{"j":{"litellm_provider":"local","input_cost_per_token":1e-06,"output_cost_per_token":2e-06}}"#,
      as: "prices.json")
    try #require(
      try place.run("prices", "import", "prices.json", "--from", "2026-01-01").status == 0)
    return place
  }

  private func calls(_ place: Workplace) -> Int {
    ((try? place.text("calls")) ?? "").split(separator: "\n").count
  }

  private func scores(
    _ place: Workplace, _ dataset: String = "triage.scores"
  ) throws -> [[String: JSONCell]] {
    try Workplace.rows(try place.run("pull", dataset).output)
  }

  private static let judge = ["score", "triage", "--scorer", "quality=judge:rubric,target=local:j"]

  @Test func `programs and judges read the reference answers of the inputs that are named`() throws
  {
    let place = try workplace()
    try place.write(
      #"{"id":"q1","expected":"theirs"}"# + "\n" + #"{"id":"q2","expected":"theirs"}"# + "\n",
      as: "gold.jsonl")
    try place.write(
      (1...2).map { #"{"item":"q\#($0)","model":"m","output":"x","expected":"own"}"# + "\n" }
        .joined(), as: "own.jsonl")
    try place.write(
      """
      n=0
      while read -r line; do
        case "$line" in *'"expected":"theirs"'*) s=1;; *) s=0;; esac
        echo "{\\"id\\":$n,\\"score\\":$s}"
        n=$((n+1))
      done
      """, as: "grade.sh")
    try place.write(
      #"[{"name":"graded","type":"command","argv":["sh","grade.sh"],"columns":["expected"]}]"#,
      as: "scorers.json")
    for arguments in [
      ["push", "gold", "gold.jsonl", "--key", "id", "--kind", "inputs"],
      ["push", "own", "own.jsonl", "--key", "item,model", "--kind", "outputs", "--from", "gold@1"],
      ["prompt", "push", "strict", "--text", "{{expected}} OUTPUT={{output}}"],
    ] {
      try #require(try place.run(all: arguments).status == 0)
    }
    let scorers = [
      ["--scorers", "scorers.json"], ["--scorer", "strict=judge:strict,target=local:j"],
    ]
    for flags in scorers {
      let refused = try place.run(all: ["score", "own"] + flags)
      #expect(refused.status == 64 && refused.error.contains("says other things of"))
      let named = try place.run(all: ["score", "own", "--inputs", "gold"] + flags)
      #expect(named.status == 0 && named.error.contains("gold@1, which counts"), "\(named.error)")
    }
    #expect(try place.text("calls").contains("theirs") && !place.text("calls").contains("own"))
    let rows = try scores(place, "own.scores")
    #expect(rows.filter { $0["scorer"] == "graded" }.map { $0["value"] } == [1, 1])
    #expect(rows.allSatisfy { $0["reference_digest"] != nil })
  }

  // MARK: judge

  @Test func `a judge's calls are kept and priced, and scoring again buys nothing`() throws {
    let place = try workplace()
    let done = try place.run(all: Self.judge)
    #expect(done.status == 0, "\(done.output)\(done.error)")
    #expect(
      done.lines.contains("quality: 4 calls, $0.00008 (local:j, triage.scores.quality@1)"),
      "\(done.output)")
    let rows = try scores(place)
    #expect(rows.map { $0["value"] } == [5, 1, 1, 5])
    #expect(rows[0]["detail"] == "5: so it is")
    #expect(rows[0]["type"] == "judge")
    let kept = try scores(place, "triage.scores.quality")
    #expect(kept.count == 4)
    #expect(kept[0]["item"] == .text(#"["q1","large",1]"#))
    #expect(
      try place.run("show", "triage.scores", "--json").output.contains("triage.scores.quality@1"))
    let again = try place.run(all: Self.judge)
    #expect(again.lines[0] == "unchanged: triage.scores@1")
    #expect(again.output.contains("quality: 0 calls, $0.00; 4 answers known before"))
    #expect(calls(place) == 4)
    #expect(try place.run("run", "status", "triage.scores.quality").output.contains(": complete"))
    #expect(
      try place.run("run", "resume", "triage.scores.quality").output
        == "unchanged: triage.scores.quality@1, 0 calls, $0\n")
  }

  @Test func `other outputs, and then those before, buy only what is new`() throws {
    let place = try workplace()
    #expect(try place.run(all: Self.judge).status == 0)
    try place.shell(
      #"sed 's/good too/excellent/' out.jsonl > next.jsonl && assay push triage next.jsonl --from questions@1"#
    )
    let next = try place.run(all: Self.judge)
    #expect(next.status == 0, "\(next.error)")
    #expect(calls(place) == 5)
    let back = try place.run(
      "score", "triage@1", "--scorer", "quality=judge:rubric,target=local:j")
    #expect(back.status == 0, "\(back.error)")
    #expect(calls(place) == 5)
  }

  @Test func `an answer that cannot be read is no score, and is counted`() throws {
    let place = try workplace()
    try place.write("", as: "broken")
    let done = try place.run(all: Self.judge)
    #expect(done.status == 0, "\(done.error)")
    #expect(done.output.contains("4 not scored: the judge's answer is not a JSON object"))
    #expect(try scores(place).allSatisfy { $0["value"] == nil && $0["error"] != nil })
  }

  @Test func `a call that fails is no score, is told by the status, and is made again`() throws {
    let place = try workplace()
    try place.write("", as: "down")
    let done = try place.run(all: Self.judge)
    #expect(done.status == 1)
    #expect(done.output.contains("the judge's call failed: invalid_request"), "\(done.output)")
    try place.shell("rm down")
    #expect(try place.run(all: Self.judge).status == 0)
    #expect(calls(place) == 8)
    #expect(try scores(place)[0]["value"] == 5)
  }

  @Test func `a bound of the costs is not passed`() throws {
    let place = try workplace()
    let done = try place.run(all: Self.judge + ["--max-usd", "0.0002"])
    #expect(done.status == 1, "\(done.output)")
    #expect(done.output.contains("the judge was not asked (budget)"), "\(done.output)")
    #expect(calls(place) < 4)
  }

  @Test func `pairs are judged in both orders, and where these disagree it is a tie`() throws {
    let place = try workplace()
    let done = try place.run(
      "score", "triage", "--scorer", "win=judge:better,target=local:j,pairs,against=small")
    #expect(done.status == 0, "\(done.output)\(done.error)")
    #expect(calls(place) == 4)
    #expect(
      done.output.contains(
        "win: 1 of 2 pairs judged differently in the two orders, which are ties"),
      "\(done.output)")
    let rows = try scores(place)
    #expect(rows.map { $0["item"] } == ["q1", "q1", "q2", "q2"])
    let wins = rows.filter { $0["scorer"] == "win" }
    #expect(wins.map { $0["value"] } == [1, 0.5])
    #expect(wins.map { $0["model"] } == ["large", "large"])
    #expect(
      rows.filter { $0["scorer"] == "win.disagreed" }.map { $0["value"] } == [0, 1])
  }

  @Test func `votes are calls of their own, and a new rubric is another scorer`() throws {
    let place = try workplace()
    let votes = ["score", "triage", "--scorer", "quality=judge:rubric,target=local:j,votes=3"]
    #expect(try place.run(all: votes).status == 0)
    #expect(calls(place) == 12)
    let first = try scores(place)[0]
    #expect(first["detail"] == "5, 5, 5")
    try #require(
      try place.run("prompt", "push", "rubric", "--text", "New: {{question}} OUTPUT={{output}}")
        .status == 0)
    #expect(try place.run(all: votes).status == 0)
    #expect(calls(place) == 24)
    #expect(try scores(place)[0]["digest"] != first["digest"])
  }

  @Test(arguments: [
    (["quality=judge:none,target=local:j"], "none"),
    (["quality=judge:rubric"], "it needs 'target'"),
    (["quality=judge:rubric,target=nobody"], "there is no target 'nobody'"),
    (["quality=judge:better,target=local:j"], "has no {{output}}"),
    (["win=judge:rubric,target=local:j,pairs"], "has no {{first}}"),
    (["win=judge:better,target=local:j,pairs,against=tiny"], "has no outputs of 'tiny'"),
  ])
  func `a judge that cannot be asked is refused before anything is bought`(
    scorers: [String], message: String
  ) throws {
    let place = try workplace()
    let done = try place.run(all: ["score", "triage"] + scorers.flatMap { ["--scorer", $0] })
    #expect([64, 66].contains(done.status))
    #expect(done.error.contains(message), "\(done.error)")
    #expect(calls(place) == 0)
  }

  // MARK: command

  /// A program that gives 1 to outputs that have the reference answer.
  private static let program = #"""
    while read -r line; do
      id=${line#*\"id\":}; id=${id%%,*}
      output=${line#*\"output\":\"}; output=${output%%\"*}
      answer=${line#*\"answer\":\"}; answer=${answer%%\"*}
      case "$output" in *"$answer"*) score=true;; *) score=false;; esac
      printf '{"id":%s,"score":%s,"detail":"%s"}\n' "$id" "$score" "$answer"
    done
    """#

  private static let command = [
    "score", "triage", "--scorer", "has=command:sh+score.sh,columns=answer",
  ]

  @Test func `a program scores rows, and its file is part of its identity`() throws {
    let place = try workplace()
    try place.write(Self.program, as: "score.sh")
    let done = try place.run(all: Self.command)
    #expect(done.status == 0, "\(done.output)\(done.error)")
    let rows = try scores(place)
    #expect(rows.map { $0["value"] } == [1, 0, 0, 0])
    #expect(rows.map { $0["kind"] } == ["rate", "rate", "rate", "rate"])
    #expect(rows[2]["detail"] == "bad")
    #expect(try place.run(all: Self.command).lines[0] == "unchanged: triage.scores@1")
    try place.write(Self.program + "\n# changed", as: "score.sh")
    #expect(try place.run(all: Self.command).status == 0)
    let changed = try scores(place)
    #expect(changed[0]["digest"] != rows[0]["digest"])
    #expect(changed[0]["value"] == rows[0]["value"])
  }

  @Test(arguments: [
    ("cat > /dev/null; exit 3", "the program ended with status 3"),
    ("cat > /dev/null; echo hello", "the program wrote no score for it: its line 1 is not a JSON"),
    ("cat > /dev/null", "the program wrote no score for it"),
    ("head -c 70000000 /dev/zero", "the program wrote more than 64 MiB"),
    ("cat > /dev/null; echo no >&2; exit 1", "the program ended with status 1: no"),
    ("exec sleep 600", "the program took longer than 1 s and was ended"),
  ])
  func `a program that fails gives no score`(program: String, message: String) throws {
    let place = try workplace()
    try place.write(program + "\n", as: "score.sh")
    let done = try place.run(
      "score", "triage", "--scorer",
      "command:sh+score.sh,timeout=\(program.contains("sleep") ? 1 : 300)")
    #expect(done.status == 0, "\(done.error)")
    #expect(done.output.contains("4 not scored: \(message)"), "\(done.output)")
    #expect(try scores(place).allSatisfy { $0["value"] == nil })
  }

  @Test func `a program scores all outputs of a model at once`() throws {
    let place = try workplace()
    try place.write(
      #"""
      while read -r line; do
        id=${line#*\"id\":}; id=${id%%,*}
        echo "{\"id\":$id,\"score\":0.25,\"lower\":0.125,\"upper\":0.5}"
      done
      """#, as: "score.sh")
    let done = try place.run("score", "triage", "--scorer", "all=command:sh+score.sh,scope=set")
    #expect(done.status == 0, "\(done.output)\(done.error)")
    let rows = try scores(place)
    #expect(rows.map { $0["model"] } == ["large", "small"])
    #expect(rows.map { $0["value"] } == [0.25, 0.25])
    #expect(rows.map { $0["scored"] } == [2, 2])
    #expect(rows[0]["upper"] == 0.5)
  }

  // MARK: human

  @Test func `people's scores are scores, and what is not rated is a task`() throws {
    let place = try workplace()
    let human = ["score", "triage", "--scorer", "liked=human:helpful"]
    let first = try place.run(all: human)
    #expect(first.status == 0, "\(first.error)")
    let task = "assay rate triage@1 --by model --score --rubric helpful --to triage.ratings"
    #expect(first.output.contains("liked: 4 outputs to be rated: \(task)"), "\(first.output)")
    #expect(try scores(place).allSatisfy { $0["value"] == nil })
    let rated = try place.shell("printf '4\\n4\\n' | \(task) --rater ann --limit 2")
    #expect(rated.status == 0, "\(rated.output)\(rated.error)")
    let second = try place.run(all: human)
    #expect(second.output.contains("liked: 2 outputs to be rated"), "\(second.output)")
    #expect(try scores(place).count { $0["value"] == 4 } == 2)
  }

  // MARK: a run's document

  @Test func `a run scores its outputs in the same command`() throws {
    let place = try workplace()
    try place.write(Self.program, as: "score.sh")
    try place.write(
      #"{"schema":"run/1","inputs":"questions","prompt":{"text":"OUTPUT= {{answer}}"},"#
        + #""targets":["local:j"],"into":"done","scorers":["contains:value=score","#
        + #"{"name":"has","type":"command","argv":["sh","score.sh"],"columns":["answer"]},"#
        + #"{"name":"quality","type":"judge","rubric":"rubric","target":"local:j"}]}"#,
      as: "run.json")
    let done = try place.run("run", "start", "run.json")
    #expect(done.status == 0, "\(done.output)\(done.error)")
    #expect(done.output.contains("done.scores@1  6 rows  of done@1"), "\(done.output)")
    #expect(done.output.contains("quality: 2 calls"), "\(done.output)")
    #expect(calls(place) == 4)
    let document = try place.run("pull", "done.run").output
    #expect(document.contains(#""rubric":"rubric@1""#), "\(document)")
    #expect(document.contains("rubric_digest"))
    let again = try place.run("run", "start", "run.json")
    #expect(again.output.contains("unchanged: done@1, 0 calls, $0"))
    #expect(again.output.contains("unchanged: done.scores@1"))
    #expect(calls(place) == 4)
    let report = try Workplace.object(try place.run("run", "start", "run.json", "--json").output)
    #expect(report["scores"] != nil)
  }

  @Test func `a scorer that cannot be applied is refused before the run`() throws {
    let place = try workplace()
    let flags = [
      "run", "questions", "--target", "local:j", "--prompt", "{{question}}", "--into", "done",
    ]
    for (scorer, message) in [
      ("exact:nothing", "reads the column 'nothing'"),
      ("exakt:answer", "there is no scorer 'exakt'"),
      ("judge:better,target=local:j", "has no {{output}}"),
    ] {
      let done = try place.run(all: flags + ["--scorer", scorer])
      #expect(done.status == 64, "\(done.output)")
      #expect(done.error.contains(message), "\(done.error)")
    }
    #expect(calls(place) == 0)
    let done = try place.run(all: flags + ["--scorer", "exact:answer"])
    #expect(done.status == 0, "\(done.error)")
    #expect(done.output.contains("done.scores@1"))
  }
}
