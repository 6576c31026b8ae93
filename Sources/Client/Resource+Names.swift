package import Model
package import Outbound

extension Resource {
  /// Adds a list of names (``NameList``).
  package mutating func add(_ name: String, list: [String]?) {
    guard let list, !list.isEmpty else { return }
    add(name, NameList.text(list))
  }

  /// Adds pairs: a list of `name=value`.
  package mutating func add(_ name: String, pairs: [DataText: String]) {
    guard !pairs.isEmpty else { return }
    add(name, list: pairs.sorted { $0.key < $1.key }.map { $0.key.string + "=" + $0.value })
  }
}

extension Reference {
  /// The part after the `@`, which is `latest` when nothing else is said.
  package var selectorText: String {
    let whole = description
    guard let sign = whole.firstIndex(of: "@") else { return "latest" }
    return String(whole[whole.index(after: sign)...])
  }
}
