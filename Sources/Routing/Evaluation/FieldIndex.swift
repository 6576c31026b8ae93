/// Finds the fields that rules test on one way through a context: a tree of names.
struct FieldIndex: Sendable {
  /// A name on the way down; children are ``edges`` in the order of their names.
  struct Node: Sendable {
    var slot: Int32 = -1
    var first: Int32 = 0
    var count: Int32 = 0
  }

  private struct Edge: Sendable {
    let name: [UInt8]
    let node: Int32
  }

  /// The number of fields.
  let slotCount: Int
  private var nodes: [Node] = []
  private var edges: [Edge] = []

  /// The tree of `paths`, whose places are the slots; they are different from each other.
  init(_ paths: [FieldPath]) {
    slotCount = paths.count
    nodes.append(Node())
    add(paths.enumerated().map { ($1.steps[...], $0) }, to: 0)
  }

  private mutating func add(_ paths: [(steps: ArraySlice<[UInt8]>, slot: Int)], to node: Int) {
    for path in paths where path.steps.isEmpty { nodes[node].slot = Int32(path.slot) }
    let deeper = Dictionary(grouping: paths.filter { !$0.steps.isEmpty }) { $0.steps.first ?? [] }
    let names = deeper.keys.sorted(by: Self.precedes)
    nodes[node].first = Int32(edges.count)
    nodes[node].count = Int32(names.count)
    let first = nodes.count
    for (index, name) in names.enumerated() {
      edges.append(Edge(name: name, node: Int32(first + index)))
      nodes.append(Node())
    }
    for (index, name) in names.enumerated() {
      add((deeper[name] ?? []).map { ($0.steps.dropFirst(), $0.slot) }, to: first + index)
    }
  }

  private static func precedes(_ left: [UInt8], _ right: [UInt8]) -> Bool {
    left.count == right.count ? left.lexicographicallyPrecedes(right) : left.count < right.count
  }

  /// The number of names on all paths.
  var nodeCount: Int { nodes.count }

  /// The slot of a node; nil when it is only on the way to others.
  func slot(of node: Int) -> Int? { nodes[node].slot < 0 ? nil : Int(nodes[node].slot) }

  func hasChildren(_ node: Int) -> Bool { nodes[node].count > 0 }

  /// The child of that name.
  func child(of node: Int, named name: ArraySlice<UInt8>) -> Int? {
    var low = Int(nodes[node].first)
    var high = low + Int(nodes[node].count)
    while low < high {
      let middle = (low + high) / 2
      switch Self.order(edges[middle].name, name) {
      case 0: return Int(edges[middle].node)
      case ..<0: low = middle + 1
      default: high = middle
      }
    }
    return nil
  }

  /// Below zero when `left` comes first: the shorter, or of equal length the one of lower bytes.
  private static func order(_ left: [UInt8], _ right: ArraySlice<UInt8>) -> Int {
    guard left.count == right.count else { return left.count - right.count }
    var place = right.startIndex
    for byte in left {
      if byte != right[place] { return Int(byte) - Int(right[place]) }
      place += 1
    }
    return 0
  }
}
