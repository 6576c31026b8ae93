/// The functions that SQL may call.
///
/// Others are refused: SQLite's builds have functions that reach outside of a query, and
/// others whose one call could take longer than any limit.
enum FunctionRule {
  /// A whole query.
  case query
  /// A condition on the rows of one table: only functions whose result depends only on their
  /// arguments, and the aggregates that the statement around it has.
  case rows

  /// The reason for which `name` may not be called; nil when it may.
  func refusal(_ name: String) -> String? {
    // No function has such a name but those of a query's own (``CallCounter``).
    if name.hasPrefix("(") { return nil }
    let name = name.lowercased()
    switch self {
    case .query:
      if Self.scalars.contains(name) || Self.aggregates.contains(name)
        || Self.changing.contains(name)
      {
        return nil
      }
      return "the function \(name) is not allowed"
    case .rows:
      if Self.scalars.contains(name) || Self.aggregates.contains(name) { return nil }
      return "\(name)() is not allowed: a condition takes only functions of the row's values"
    }
  }

  /// Functions whose result depends only on their arguments.
  ///
  /// See https://www.sqlite.org/lang_corefunc.html, https://www.sqlite.org/lang_mathfunc.html and
  /// https://www.sqlite.org/json1.html.
  ///
  /// The date functions do so in a condition, where ``DateFunctions`` replace them.
  private static let scalars = words(
    """
    abs char coalesce concat concat_ws format glob hex if ifnull iif instr length like likelihood
    likely lower ltrim max min nullif octet_length printf quote replace round rtrim sign soundex
    number substr substring trim typeof unicode unistr unistr_quote unlikely upper zeroblob
    acos acosh asin asinh atan atan2 atanh ceil ceiling cos cosh degrees exp floor ln log log10 log2
    mod pi pow power radians sin sinh sqrt tan tanh trunc
    date datetime julianday strftime time timediff unixepoch
    -> ->> json json_array json_array_length json_error_position json_extract json_insert
    json_object json_patch json_pretty json_quote json_remove json_replace json_set json_type
    json_valid jsonb jsonb_array jsonb_extract jsonb_insert jsonb_object jsonb_patch jsonb_remove
    jsonb_replace jsonb_set
    """)

  /// Functions of many rows: https://www.sqlite.org/lang_aggfunc.html,
  /// https://www.sqlite.org/windowfunctions.html, and those of ``Aggregates``.
  private static let aggregates = words(
    """
    avg count group_concat json_group_array json_group_object jsonb_group_array jsonb_group_object
    max min string_agg sum total
    cume_dist dense_rank first_value lag last_value lead nth_value ntile percent_rank rank
    row_number median quantile stddev stddev_pop stddev_samp var_pop var_samp variance
    """)

  /// Functions that may give something else the next time.
  private static let changing = words(
    """
    current_date current_time current_timestamp random randomblob sqlite_source_id sqlite_version
    """)

  private static func words(_ text: String) -> Set<String> {
    Set(text.split { $0 == " " || $0 == "\n" }.map(String.init))
  }
}
