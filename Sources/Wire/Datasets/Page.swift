/// A part of a list, with the cursor of the next part.
package struct Page<Item: Codable & Sendable & Hashable>: Codable, Sendable, Hashable {
  package let items: [Item]
  /// The cursor of the following page; nil on the last one.
  package let next: String?

  /// A page of `items`.
  package init(items: [Item], next: String?) {
    self.items = items
    self.next = next
  }
}
