import Model

extension TextTokens {
  /// Words as numbers, the same for equal words, which are compared faster.
  static func numbers(_ one: [DataText], _ two: [DataText]) -> (one: [Int], two: [Int]) {
    var known: [DataText: Int] = [:]
    func number(_ word: DataText) -> Int {
      let number = known[word] ?? known.count
      known[word] = number
      return number
    }
    return (one.map(number), two.map(number))
  }
}
