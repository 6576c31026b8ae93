package import Model

extension ShapeFinder {
  /// The shape of all values that were met; nil when they share none, or there was none.
  package var shape: ValueShape? {
    guard !isRuledOut, !places[0].kinds.isEmpty else { return nil }
    return shape(at: 0)
  }

  private func shape(at index: Int) -> ValueShape? {
    let place = places[index]
    let kinds = place.kinds.subtracting(.null)
    guard !kinds.isEmpty else { return .null }
    switch kinds {
    case .bool: return .bool
    case .string: return .string
    case .list:
      guard let element = place.element else { return .list(.null) }
      return shape(at: element).map { .list($0) }
    case .structure: return structure(place)
    default: break
    }
    if kinds.isDisjoint(with: .floats) { return .int64 }
    return kinds.contains(.integer) ? .number : .float64
  }

  private func structure(_ place: Place) -> ValueShape? {
    guard let order = Self.order(place.members), !order.isEmpty else { return nil }
    var members: [ValueShape.Member] = []
    for member in order {
      let isOptional = member.count < place.objects
      // Where it is left out and null as well, a structure cannot distinguish the two.
      guard !isOptional || !places[member.place].kinds.contains(.null),
        let shape = shape(at: member.place)
      else { return nil }
      let name = String(decoding: JSONScalar.unescaped(member.name[...]), as: UTF8.self)
      members.append(ValueShape.Member(name: name, shape: shape, isOptional: isOptional))
    }
    return .structure(members)
  }

  /// The order of members in which those of every object stand.
  ///
  /// Where that leaves a choice it goes by the bytes of their names. Nil when two objects have them
  /// in different orders.
  private static func order(_ members: [Member]) -> [Member]? {
    var left = Array(members.indices)
    left.sort { members[$0].name.lexicographicallyPrecedes(members[$1].name) }
    var placed: UInt64 = 0
    var order: [Member] = []
    while !left.isEmpty {
      guard
        let next = left.firstIndex(where: { members[$0].predecessors & ~placed == 0 })
      else { return nil }
      placed |= 1 << UInt64(left[next])
      order.append(members[left[next]])
      left.remove(at: next)
    }
    return order
  }
}
