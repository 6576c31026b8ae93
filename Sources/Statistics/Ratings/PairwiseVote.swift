/// One preference between two models' answers to one item.
package struct PairwiseVote: Sendable, Hashable {
  /// A rater's choice.
  package enum Choice: String, Sendable, CaseIterable {
    case left
    case right
    case tie
  }

  /// The item's number, from 0; votes on one item are not independent.
  package let item: Int
  /// The number of the model shown on the left, from 0.
  package let left: Int
  /// The number of the model shown on the right.
  package let right: Int
  /// The rater's choice.
  package let choice: Choice

  /// A vote; numbers are at least 0 and the two models differ.
  package init(item: Int, left: Int, right: Int, choice: Choice) {
    precondition(item >= 0 && left >= 0 && right >= 0 && left != right)
    self.item = item
    self.left = left
    self.right = right
    self.choice = choice
  }
}
