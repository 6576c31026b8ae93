import Model
import Store
import TestSupport
import Testing

/// Datasets of kind `ratings`, whose rows are only added.
@Suite struct AppendOnlyTests {
  private let temporary: TemporaryStore
  private let store: Store

  init() throws {
    temporary = try TemporaryStore()
    store = temporary.store
    try push("{\"id\":\"a\",\"x\":1}\n{\"id\":\"b\",\"x\":2}\n") {
      $0.kind = .ratings
      $0.key = ["id"]
    }
  }

  /// Pushes rows as ratings that were checked.
  private func push(_ text: String, _ edit: (inout PushOptions) -> Void = { _ in }) throws {
    try store.pushLines(text) {
      $0.checkedKind = .ratings
      edit(&$0)
    }
  }

  private func kind(_ text: String, _ edit: (inout PushOptions) -> Void) -> StoreError.Kind? {
    do {
      try push(text, edit)
      return nil
    } catch {
      return (error as? StoreError)?.kind
    }
  }

  @Test func `rows are added by every mode that keeps those that are there`() throws {
    try push("{\"id\":\"c\",\"x\":3.5}\n") { $0.mode = .append }
    try push("{\"id\":\"d\"}\n{\"id\":\"a\"}\n") { $0.mode = .merge }
    // The whole file, in another order and without a column.
    try push(
      "{\"id\":\"e\"}\n{\"id\":\"d\"}\n{\"id\":\"c\"}\n{\"id\":\"b\"}\n{\"id\":\"a\"}\n")
    #expect(
      try store.lines() == [
        "{\"id\":\"a\",\"x\":1}", "{\"id\":\"b\",\"x\":2}", "{\"id\":\"c\",\"x\":3.5}",
        "{\"id\":\"d\"}", "{\"id\":\"e\"}",
      ])
    #expect(try store.verify().damage == [])
  }

  @Test func `whatever would change or remove a row is refused, and changes nothing`() throws {
    let changed = "{\"id\":\"a\",\"x\":1}\n{\"id\":\"b\",\"x\":3}\n"
    #expect(kind(changed) { $0.mode = .merge } == .denied)
    #expect(kind(changed) { $0.mode = .replace } == .denied)
    #expect(kind("{\"id\":\"b\",\"x\":null}\n{\"id\":\"a\",\"x\":1}\n") { _ in } == .denied)
    #expect(kind("{\"id\":\"a\",\"x\":1}\n") { _ in } == .denied)
    #expect(
      kind("{\"id\":\"a\"}\n") {
        $0.mode = .merge
        $0.deletesMissing = true
      } == .denied)
    #expect(kind("{\"id\":\"a\"}\n") { $0.mode = .append } == .invalid)
    #expect(kind("{\"id\":\"c\"}\n") { ($0.mode, $0.kind) = (.append, .results) } == .denied)
    #expect(kind("{\"id\":\"c\"}\n") { ($0.mode, $0.key) = (.append, ["x"]) } == .denied)
    #expect(kind("{\"id\":\"c\"}\n") { ($0.mode, $0.key) = (.append, []) } == .usage)
    #expect(try store.versions(of: DatasetName("d")).count == 1)
  }

  @Test func `rows that come live are refused, since they would take the place of others`() throws {
    let appender = try LiveAppender(store)
    let error = #expect(throws: StoreError.self) { try appender.take("{\"id\":\"a\",\"x\":9}\n") }
    #expect(error?.kind == .denied)
    #expect(appender.waitingRows(of: try DatasetName("d")) == 0)
  }
}
