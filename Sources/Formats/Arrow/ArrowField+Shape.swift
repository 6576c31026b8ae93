import Model

extension ArrowField {
  /// The shape of values of the field, as far as Assay writes such; nil for others.
  ///
  /// Which members may be left out and which floats are written as integers, no field says.
  var shape: ValueShape? {
    switch type {
    case .list: return children[0].shape.map { .list($0) }
    case .structure:
      var members: [ValueShape.Member] = []
      for child in children {
        guard let shape = child.shape else { return nil }
        members.append(ValueShape.Member(name: child.name, shape: shape, isOptional: false))
      }
      return members.isEmpty ? nil : .structure(members)
    default: break
    }
    guard dictionary == nil, meaning == .plain else { return nil }
    return switch columnType {
    case .bool: .bool
    case .int64: .int64
    case .float64: .float64
    case .string: .string
    default: nil
    }
  }
}
