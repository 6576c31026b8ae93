import Routing

/// Routing decisions in process, from a context as JSON to a decision.
struct Deciding {
  private static let context = Array(
    """
    {"principal":{"plan":"free","user_id":"u-123456"},"metadata":{"task":"chat","lang":"de",\
    "session_id":"s-9"},"request":{"id":"r-1","model":"route/x","input_tokens_estimate":900},\
    "headers":{"x-team":"blue"}}
    """.utf8)

  /// As many rules of four kinds, none of which is true, and a split that serves.
  private func rules(_ count: Int) throws -> CompiledRules {
    var rules = (0..<count - 1).map { number in
      let condition =
        switch number % 4 {
        case 0: #"{"principal.plan":{"$in":["p\#(number)","q\#(number)","enterprise-\#(number)"]}}"#
        case 1:
          #"{"$and":[{"request.input_tokens_estimate":{"$gte":\#(32_000 + number)}},"#
            + #"{"metadata.task":{"$prefix":"sum"}}]}"#
        case 2:
          #"{"$or":[{"metadata.task":{"$eq":"t\#(number)"}},"#
            + #"{"headers.x-team":{"$eq":"team\#(number)"}}]}"#
        default: #"{"metadata.lang":{"$eq":"l\#(number)"}}"#
        }
      return #"{"name":"r\#(number)","when":\#(condition),"serve":{"target":"b"}}"#
    }
    rules.append(
      """
      {"name":"share","serve":{"split":{"hash_version":1,"salt":"s",
       "hash_fields":["principal.user_id"],"variants":[
       {"name":"x","target":"a","weight":5000},{"name":"y","target":"b","weight":5000}]}}}
      """)
    let document = """
      {"schema":"route.rules/1","route":"r","targets":{"a":{"provider":"p","model":"m"},
       "b":{"provider":"p","model":"n"}},"rules":[\(rules.joined(separator: ","))],
       "default":{"target":"a"}}
      """
    return CompiledRules(try RuleSet(parsing: Array(document.utf8)))
  }

  /// One decision over `count` rules, all of which are checked.
  func decide(_ count: Int) throws -> Measurement {
    let rules = try rules(count)
    let times = 2_000_000 / (count + 100)
    var decided: [Double] = []
    var drawn: [Double] = []
    var sum = 0
    let (unit, salt) = (Array("u-123456".utf8), Array("s".utf8))
    for _ in 0..<9 {
      decided.append(
        try Clock.time {
          for _ in 0..<times { sum &+= try rules.decide(Self.context).checked.count }
        } / Double(times))
      drawn.append(
        Clock.time {
          for _ in 0..<times { sum &+= Bucket.of(unit, salt: salt, for: .split) }
        } / Double(times))
    }
    return Measurement(
      operation: "decide by \(count) rule\(count == 1 ? "" : "s")", seconds: Clock.median(decided),
      repetitions: times, floorSeconds: Clock.median(drawn),
      floor: "SHA-256 of the unit alone", note: sum == 0 ? "nothing decided" : nil)
  }
}
