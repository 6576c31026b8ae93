/// The words that may stand in an expression over groups.
enum SQLWords {
  /// Operators and literals.
  static let all: Set<String> = [
    "AND", "OR", "NOT", "IS", "NULL", "BETWEEN", "IN", "LIKE", "GLOB", "CASE", "WHEN", "THEN",
    "ELSE", "END", "ISNULL", "NOTNULL", "TRUE", "FALSE",
  ]

  /// The words that may follow a term of ORDER BY.
  static let order: Set<String> = ["ASC", "DESC", "NULLS", "FIRST", "LAST"]

  /// Functions of single values whose result depends on nothing else.
  static let functions: Set<String> = [
    "ABS", "ROUND", "COALESCE", "IFNULL", "NULLIF", "IIF", "TYPEOF", "LENGTH", "LOWER", "UPPER",
    "SUBSTR", "SUBSTRING", "PRINTF", "FORMAT", "INSTR", "TRIM", "LTRIM", "RTRIM", "REPLACE",
    "SQRT", "POW", "POWER", "EXP", "LN", "LOG", "LOG10", "LOG2", "FLOOR", "CEIL", "CEILING",
    "TRUNC", "SIGN", "MOD", "HEX", "QUOTE", "UNICODE", "MIN", "MAX",
  ]

  /// The types that CAST may name for a pushdown.
  static let types: Set<String> = ["REAL", "INTEGER", "TEXT", "NUMERIC"]
}
