import Analysis
import Model
import Routing
import Wire

/// A bake-off of made-up models, and rules over it.
enum BakeOff {
  /// Rows `(item, topic, model, success, cost)` as a table.
  static func table(
    _ rows: [(String, String?, String, Double?, Double?)]
  ) -> ColumnTable {
    TestTable.make(
      "outputs@1",
      [
        ("id", .texts(rows.map(\.0))), ("topic", .texts(rows.map(\.1))),
        ("model", .texts(rows.map(\.2))), ("success", .numbers(rows.map(\.3))),
        ("cost", .numbers(rows.map(\.4))),
      ])
  }

  /// `count` items of two topics, each answered by `big` and `small`: at `code` the small model
  /// fails on every second item, at `chat` it is as good; it costs a fifth.
  static func twoModels(_ count: Int) -> ColumnTable {
    var rows: [(String, String?, String, Double?, Double?)] = []
    for item in 0..<count {
      let topic = item % 2 == 0 ? "code" : "chat"
      let isHard = item % 10 == 1
      let small = topic == "code" ? item / 2 % 2 == 1 : !isHard
      let step = Double(item % 3)
      rows.append(("i\(1000 + item)", topic, "big", isHard ? 0 : 1, 5 + step))
      rows.append(("i\(1000 + item)", topic, "small", small ? 1 : 0, 1 + step / 5))
    }
    return table(rows)
  }

  /// Rules that give `chat` to the small model.
  static func rules(
    _ rules: String =
      #"{"name":"chat","when":{"metadata.topic":{"$eq":"chat"}},"serve":{"target":"small"}}"#,
    gates: String? = nil
  ) throws -> CompiledRules {
    let text = """
      {"schema":"route.rules/1","route":"r","targets":{"big":{"provider":"p","model":"big"},\
      "small":{"provider":"p","model":"small"}},"rules":[\(rules)],"default":{"target":"big"}\
      \(gates.map { #","gates":{"backtest":\#($0)}"# } ?? "")}
      """
    return CompiledRules(try RuleSet(parsing: Array(text.utf8)))
  }

  /// The report on those rules against the big model for everything.
  static func report(
    _ table: ColumnTable, _ rules: CompiledRules, active: CompiledRules? = nil,
    isStated: Bool = true, _ edit: (inout BacktestOptions) -> Void = { _ in }
  ) throws -> BacktestDocument {
    var options = BacktestOptions()
    options.resamples = 999
    edit(&options)
    var request = BacktestRequest(rules: "r@1", on: table.name)
    request.options = options
    let policy = active.map { RoutingPolicy.rules($0) } ?? .constant(rules.set.targets[0])
    return try BacktestAnalysis(
      table, key: ["id"], candidate: rules, active: policy, options: options
    ).document(
      request, active: .init(name: active == nil ? "big" : "r@0", digest: active?.set.digest),
      sources: [], unmet: isStated ? [] : ["on outputs@1"])
  }
}
