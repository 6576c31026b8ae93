import Testing

/// How a command gets at its store.
enum Door: Sendable {
  case folder, server

  /// The door of the test that runs.
  @TaskLocal static var current = Door.folder
}

/// Runs a test twice: with a store in a folder, and with the same behind `assay serve`.
struct BothDoors: SuiteTrait, TestTrait, TestScoping {
  var isRecursive: Bool { true }

  func provideScope(
    for test: Test, testCase: Test.Case?, performing function: @Sendable () async throws -> Void
  ) async throws {
    try await function()
    try await Door.$current.withValue(.server) { try await function() }
  }
}

/// Runs a test with a store in a folder alone: it does to the folder what no command does.
struct FolderOnly: TestTrait, TestScoping {
  func provideScope(
    for test: Test, testCase: Test.Case?, performing function: @Sendable () async throws -> Void
  ) async throws {
    if Door.current == .folder { try await function() }
  }
}

extension Trait where Self == BothDoors {
  /// Also against a server.
  static var bothDoors: Self { BothDoors() }
}

extension Trait where Self == FolderOnly {
  /// Not against a server.
  static var folderOnly: Self { FolderOnly() }
}
