import Model
import Providers
import Running
import Testing

@Suite struct RunDefinitionTests {
  private func faults(_ text: String) -> [DocumentFault] {
    do throws(DocumentFaults) {
      _ = try RunDefinition(parsing: Array(text.utf8))
      return []
    } catch {
      return error.faults
    }
  }

  private static let whole = """
    {"schema":"run/1","inputs":"prompts@3","where":"lang = 'de'","key":["id"],"carry":["task"],
     "prompt":{"text":"Classify: {{text}}"},"system":"You are terse.","params":{"temperature":0},
     "targets":{"a":{"provider":"openai","model":"gpt","params":{"top_p":1}},"b":"local:tagger"},
     "providers":"providers@4","repetitions":3,"seed":{"base":7,"per":"item+repetition"},
     "order":"interleaved","reuse":"same_key","into":"triage",
     "limits":{"max_usd_micros":5000000,"max_calls":20000,"max_wall_s":7200,
      "stop_after_error_percent":50,"concurrency":8}}
    """

  @Test func `a whole document is read`() throws {
    let run = try RunDefinition(parsing: Array(Self.whole.utf8))
    #expect(run.inputs == "prompts@3")
    #expect(run.targets.map(\.name) == ["a", "b"])
    #expect(run.targets.map(\.target) == ["openai:gpt", "local:tagger"])
    #expect(run.repetitions == 3)
    #expect(run.limits.maxMicrodollars == 5_000_000)
    #expect(run.limits.concurrency == 8)
    #expect(run.promptColumns == ["text"])
    #expect(run.reusesAnswers)
  }

  @Test func `targets may be a list, and what is left out has a value`() throws {
    let run = try RunDefinition(
      parsing: Array(
        #"{"schema":"run/1","inputs":"p","prompt":{"column":"q"},"targets":["m","p:x"],"into":"o"}"#
          .utf8))
    #expect(run.targets.map(\.target) == ["m", "p:x"])
    #expect(run.providers == "providers")
    #expect(run.repetitions == 1)
    #expect(run.seed == nil)
  }

  @Test func `a stored prompt brings its texts, and a run's own system message stays`() throws {
    let stored = try PromptDocument(
      text: "Tag {{text}} as {{tags}} or {{text}}", system: "{{tone}}")
    #expect(stored.variables == ["tone", "text", "tags"])
    let text =
      #"{"schema":"run/1","inputs":"p","prompt":{"template":"tag@2"},"targets":["m"],"into":"o""#
    for (more, expected) in [
      ("}", ["text", "tags", "text", "tone"]), (#","system":"x"}"#, ["text", "tags", "text"]),
    ] {
      let run = try RunDefinition(parsing: Array((text + more).utf8))
      guard case .stored("tag@2") = run.prompt else {
        Issue.record("\(run.prompt)")
        return
      }
      #expect(run.taking(stored).promptColumns == expected)
    }
  }

  @Test(arguments: [
    (#"{"schema":"run/1"}"#, "/inputs", "is missing"),
    (
      #"{"schema":"run/1","inputs":"p","prompt":{"column":"q"},"targets":["m"],"into":"o","repetition":3}"#,
      "/repetition", "is not known; did you mean repetitions?"
    ),
    (
      #"{"schema":"run/2","inputs":"p","prompt":{"column":"q"},"targets":["m"],"into":"o"}"#,
      "/schema", "is 'run/2'"
    ),
    (
      #"{"schema":"run/1","inputs":"p","prompt":{"text":"{{"},"targets":["m"],"into":"o"}"#,
      "/prompt/text", "has '{{' without '}}'"
    ),
    (
      #"{"schema":"run/1","inputs":"p","prompt":{},"targets":["m"],"into":"o"}"#,
      "/prompt", "has to be"
    ),
    (
      #"{"schema":"run/1","inputs":"p","prompt":{"template":"a/b"},"targets":["m"],"into":"o"}"#,
      "/prompt/template", "is no reference"
    ),
    (
      #"{"schema":"run/1","inputs":"p","prompt":{"template":"a","digest":"x"},"targets":["m"],"into":"o"}"#,
      "/prompt/digest", "is no digest"
    ),
    (
      #"{"schema":"run/1","inputs":"p","prompt":{"column":"q"},"targets":["m","m"],"into":"o"}"#,
      "/targets", "names 'm' twice"
    ),
    (
      #"{"schema":"run/1","inputs":"p","prompt":{"column":"q"},"targets":[],"into":"o"}"#,
      "/targets", "names no target"
    ),
    (
      #"{"schema":"run/1","inputs":"p@@","prompt":{"column":"q"},"targets":["m"],"into":"o"}"#,
      "/inputs", "is no reference"
    ),
    (
      #"{"schema":"run/1","inputs":"p","prompt":{"column":"q"},"targets":["m"],"into":"a/b"}"#,
      "/into", "is no name of a dataset"
    ),
    (
      #"{"schema":"run/1","inputs":"p","prompt":{"column":"q"},"targets":["m"],"into":"o","limits":{"max_calls":0}}"#,
      "/limits/max_calls", "is not in 1"
    ),
    (
      #"{"schema":"run/1","inputs":"p","prompt":{"column":"q"},"targets":["m"],"into":"o","params":{"model":"x"}}"#,
      "/params/model", "is set by each call itself"
    ),
    (
      #"{"schema":"run/1","inputs":"p","prompt":{"text":"sk-0123456789abcdef0123"},"targets":["m"],"into":"o"}"#,
      "/prompt/text", "looks like a key"
    ),
  ])
  func `a fault is named with its place`(text: String, pointer: String, message: String) throws {
    let found = faults(text)
    #expect(found.contains { $0.pointer == pointer && $0.message.hasPrefix(message) }, "\(found)")
  }

  @Test func `all faults of a document are found at once`() {
    #expect(
      faults(#"{"schema":"run/1","inputs":7,"prompt":{"column":"q"},"targets":["m"],"order":"x"}"#)
        .map(\.pointer) == ["/into", "/order", "/inputs"])
  }

  @Test func `a template inserts values as they are, and knows what is missing`() throws {
    let template = try PromptTemplate(parsing: "{{ a }} and {{b}}: {{a}}}")
    #expect(template.columns == ["a", "b", "a"])
    let text = try template.filled { $0 == "a" ? "{{b}}" : "2" }.get()
    #expect(text == "{{b}} and 2: {{b}}}")
    guard case .failure(let missing) = template.filled({ $0 == "a" ? "1" : nil }) else {
      Issue.record("a value is missing")
      return
    }
    #expect(missing.column == "b")
  }

  @Test func `messages and system texts make conversations`() throws {
    let run = try RunDefinition(
      parsing: Array(
        #"{"schema":"run/1","inputs":"p","prompt":{"column":"q"},"system":"Be {{tone}}","targets":["m"],"into":"o"}"#
          .utf8))
    let items = try run.items(
      RunInputs(
        items: ["1", "2"],
        columns: [
          .init(
            name: "q", isText: false, cells: [#"[{"role":"user","content":"a"}]"#, #"{"x":1}"#]),
          .init(name: "tone", isText: true, cells: ["kind", "brief"]),
        ]))
    #expect(
      items[0].request.json.text
        == #"[{"role":"system","content":"Be kind"},{"role":"user","content":"a"}]"#)
    #expect(
      items[1].request.json.text
        == #"[{"role":"system","content":"Be brief"},{"role":"user","content":"{\"x\":1}"}]"#)
  }

  @Test func `an item without a value, and an item twice, are refused`() throws {
    let run = try RunDefinition(
      parsing: Array(
        #"{"schema":"run/1","inputs":"p","prompt":{"column":"q"},"targets":["m"],"into":"o"}"#.utf8)
    )
    #expect(throws: StoreError.self) {
      try run.items(
        RunInputs(items: ["1"], columns: [.init(name: "q", isText: true, cells: [nil])]))
    }
    #expect(throws: StoreError.self) {
      try run.items(
        RunInputs(items: ["1", "1"], columns: [.init(name: "q", isText: true, cells: ["a", "b"])]))
    }
  }
}
