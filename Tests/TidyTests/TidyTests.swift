import Foundation
import Testing

/// House rules that no compiler checks: lengths, banned calls, text of data.
@Suite struct TidyTests {
  static let sources = Tree.swiftFiles(below: "Sources")

  private func lines(_ source: String) throws -> [Substring] {
    try Tree.lines("Sources/" + source)
  }

  @Test(arguments: sources)
  func `a file has at most 400 lines of at most 100 characters`(source: String) throws {
    let lines = try lines(source)
    #expect(lines.count <= 401)
    // Text for people stays in one piece, so that it can be searched for.
    var isText = false
    for (number, line) in lines.enumerated() {
      if line.contains("\"\"\"") { isText.toggle() }
      if isText || line.contains("\"") { continue }
      #expect(line.count <= 100, "line \(number + 1)")
    }
  }

  /// Each with what to use in its place.
  static let banned: [(text: String, instead: String)] = [
    ("try!", "a thrown StoreError"), ("fatalError(", "a thrown StoreError or preconditionFailure"),
    ("@unchecked Sendable", "a value type or a Mutex"), ("TODO", "an issue"), ("FIXME", "an issue"),
    ("// MARK", "a file of its own"), ("DispatchSemaphore", "structured waiting"),
    ("JSONDecoder(", "Model's JSON, or Wire's Documents"),
    ("JSONEncoder(", "Model's JSON, or Wire's Documents"),
  ]

  @Test(arguments: sources)
  func `a file has no banned call`(source: String) throws {
    for (number, line) in try lines(source).enumerated() {
      for (text, instead) in Self.banned {
        #expect(!line.contains(text), "line \(number + 1): use \(instead)")
      }
    }
  }

  /// The files that ask the system for the time or for random numbers; all others are given them, so
  /// that tests can repeat what they do.
  static let ofSystem = ["Platform/SystemClock.swift", "Platform/SystemRandom.swift"]

  @Test(arguments: sources)
  func `the time and random numbers come from Platform, or are given`(source: String) throws {
    if Self.ofSystem.contains(source) { return }
    for (number, line) in try lines(source).enumerated() {
      #expect(!line.contains("Date()"), "line \(number + 1): use SystemClock, or a clock")
      let draws =
        line.contains("SystemRandomNumberGenerator")
        || (line.contains(".random(") && !line.contains("using:"))
      #expect(!draws, "line \(number + 1): use SystemRandom, or a generator")
    }
  }

  /// The test files that wait without a condition, each with the reason.
  static let waits = [
    "TestSupport/Eventually.swift": "the one polling loop",
    "TestSupport/FaultyDisk.swift": "until a signal ends the process",
    "TestSupport/MemoryDisk.swift": "a lock that another thread holds, as flock waits",
    "ServerTests/ScriptedService.swift": "work that takes long because the script says so",
    "ProvidersTests/ReplayUpstream.swift": "an upstream that never answers",
    "TidyTests/TidyTests.swift": "names the calls",
  ]

  @Test func `a test polls by eventually only`() throws {
    var found: Set<String> = []
    for file in Tree.swiftFiles(below: "Tests") {
      let polls = try Tree.lines("Tests/" + file).contains {
        $0.contains("usleep(") || $0.contains("Thread.sleep") || $0.contains("Task.sleep(")
      }
      if polls { found.insert(file) }
    }
    #expect(found == Set(Self.waits.keys))
  }

  /// The files that compare or collect texts as `String` does, by how they look, each with the
  /// reason why none of those texts is a name or a value of data, which goes by its bytes.
  static let looks: [String: String] = [
    "Analysis/Comparing/ComparisonSide.swift": "attributes of versions",
    "Analysis/Ratings/RatingCount.swift": "grouped by a metric, whose parts are DataText",
    "Analysis/Ratings/RatingReport+Agreement.swift": "grouped by a unit, whose parts are DataText",
    "Analysis/Ratings/RatingReport.swift": "grouped by DataText",
    "FileTransfer/FileFolder.swift": "file systems take names that look alike for one",
    "FileTransfer/SafeName.swift": "names of devices",
    "Formats/Arrow/ArrowField.swift": "names of our own metadata",
    "Formats/Arrow/ArrowMessage.swift": "names of our own metadata",
    "Model/Text/Members.swift": "attributes of versions",
    "Model/Records/VersionRecord.swift": "attributes of versions",
    "Objects/Local/LocalObjectStore.swift": "names of our own folders",
    "Objects/Local/OpenFiles.swift": "names of our own files",
    "Outbound/HTTPResponseHead.swift": "names of fields, ASCII",
    "Query/Functions/DateFunctions.swift": "names of functions",
    "Query/Functions/FunctionRule.swift": "names of functions",
    "Query/Functions/OriginalFunctions.swift": "names of functions",
    "Query/StepWork.swift": "names of functions",
    "Query/Pushdown/SQLClauses.swift": "words of SQL",
    "Query/Pushdown/SQLToken.swift": "signs of SQL",
    "Query/Pushdown/SQLWords.swift": "words of SQL",
    "Routing/Evaluation/FieldIndex.swift": "grouped by bytes",
    "Server/HTTP/QueryParameters.swift": "names of parameters, which the contract has",
    "Server/Running/Jobs.swift": "ids of jobs",
    "Server/Running/RunJobs.swift": "ids of jobs",
    "Server/Middleware/OriginRules.swift": "names of hosts",
    "Server/PathTable.swift": "paths of routes",
    "Server/Routes/Routes.swift": "names of parameters, which the contract has",
    "Server/Watching/RequestMetrics.swift": "names of operations",
    "Service/Writing/FileAccess.swift": "ids of tokens",
    "Service/Evaluation/LocalStoreService+Gates.swift": "attributes of versions",
    "Service/Runs/LocalStoreService+RunRows.swift": "attributes of versions",
    "Service/Scores/LocalStoreService+Scores.swift": "attributes of versions",
    "Service/Reading/LocalStoreService+Lists.swift": "tags, ASCII, and numbers",
    "Service/Reading/LocalStoreService+SaveQuery.swift": "attributes of versions",
    "Service/Ratings/RatingDesk.swift": "addresses that are made here",
    "Store/Commit/PushOptions.swift": "attributes of versions",
    "Store/Commit/Store+HeldFiles.swift": "names of our own files",
    "Store/Commit/Store+Origins.swift": "names of our own files",
    "Store/Commit/Store+Push.swift": "attributes of versions",
    "Store/Maintenance/Store+Verify.swift": "tags, ASCII",
    "Store/Maintenance/Verification.swift": "names of our own files",
    "Wire/Datasets/DatasetDocument.swift": "tags, ASCII",
    "Query/QueryState.swift": "names that SQLite's programs have for tables",
    "Query/Tables/TextUses.swift": "functions of SQL",
    "Wire/JobDocument.swift": "names of datasets, ASCII",
    "Wire/Comparisons/MetricRoles.swift": "names of roles",
    "Wire/Datasets/PushRequest.swift": "attributes of versions",
    "Wire/Datasets/VersionDocument.swift": "attributes of versions",
  ]
  static let byLooks = [
    "[String:", "[String?:", "[[String]:", "[Substring:", "Set<String>", "Set<String?>",
    "Set<[String]>", "Dictionary(grouping:",
  ]

  @Test(arguments: sources)
  func `text of data is compared by its bytes, with DataText`(source: String) throws {
    let found = try lines(source).enumerated().filter { _, line in
      Self.byLooks.contains { line.contains($0) }
    }
    guard Self.looks[source] == nil else {
      #expect(!found.isEmpty, "it has no such text any more: take it off the list")
      return
    }
    for (number, _) in found {
      Issue.record("line \(number + 1): use DataText, or say in `looks` whose text it is")
    }
  }

  @Test func `the list of texts that are none of data names files that are there`() {
    for file in Self.looks.keys { #expect(Self.sources.contains(file), "\(file)") }
  }

  /// The files that write to a terminal; each makes its text safe (`TerminalText`) or writes JSON.
  static let writers: Set = [
    "Server/Watching/LineLogHandler.swift", "assay/Rating/RatingScreen.swift",
    "assay/Tending/ServeCommand.swift", "assay/StandardError.swift",
  ]

  @Test(arguments: sources)
  func `text reaches a terminal by few files alone`(source: String) throws {
    guard !Self.writers.contains(source) else { return }
    for (number, line) in try lines(source).enumerated() {
      for call in [
        "FileHandle.standardError", "FileHandle.standardOutput", "fputs(", "debugPrint(",
      ] {
        #expect(!line.contains(call), "line \(number + 1): use Output.line or StandardError.line")
      }
    }
  }
}
