extension Array where Element: BinaryInteger {
  /// The index of the last element that is not above `position`; 0 when all are.
  ///
  /// The elements ascend, and are the places at which pieces of something begin.
  @inlinable
  package func pieceIndex(at position: Element) -> Int {
    var low = 0
    var high = count
    while high - low > 1 {
      let middle = (low + high) / 2
      if self[middle] <= position { low = middle } else { high = middle }
    }
    return low
  }
}
