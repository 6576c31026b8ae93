package import Model

extension CompiledRules {
  /// Decides which target serves a request.
  /// - Parameters:
  ///   - context: A JSON object; members that no rule reads are ignored.
  ///   - trusting: Whether the context is from someone who may state `principal`; else that is as
  ///     good as absent.
  ///   - unit: Names the request when the context does not, in `request.id` or `targetingKey`.
  ///   - unrecorded: Fields that the context may lack although the request had them, so that even
  ///     their existence is unknown; a live request has no such fields.
  /// - Throws: ``JSONFault`` when the context is not a JSON object.
  package func decide(
    _ context: [UInt8], trusting: Bool = true, unit: RequestUnit = .none,
    unrecorded: [FieldPath] = []
  ) throws(JSONFault) -> Decision {
    var values = try FieldValues(context, fields, trusting: trusting)
    if !unrecorded.isEmpty {
      values.forget(paths.indices.filter { unrecorded.contains(paths[$0]) })
    }
    var checked: [Truth] = []
    checked.reserveCapacity(starts.count)
    for index in starts.indices {
      let truth = program.truth(at: starts[index], values)
      checked.append(truth)
      if truth == .true { return serve(entries[index], values, checked, unit) }
    }
    return Decision(
      rules: self, entry: nil, checked: checked, target: fallback, draw: nil, shadows: [])
  }

  private func serve(
    _ entry: Entry, _ values: FieldValues, _ checked: [Truth], _ fallback: RequestUnit
  ) -> Decision {
    var target = 0
    var draw: Decision.Draw?
    switch entry.serve {
    case .target(let index): target = index
    case .split(let split):
      let named = unit(split.fields, values)
      let (unit, source) = named ?? (Array(fallback.text.utf8), fallback.source)
      let bucket = Bucket.of(unit, salt: split.salt, for: .split)
      let variant = split.ends.first { bucket < $0.upper }?.variant ?? 0
      target = split.variants[variant].target
      draw = Decision.Draw(
        variant: variant, weight: split.variants[variant].weight, bucket: bucket, unit: unit,
        source: source, isNameless: named == nil)
    }
    var shadows: [Int] = []
    if !entry.shadows.isEmpty {
      let request = unit([], values)?.unit ?? Array(fallback.text.utf8)
      for shadow in entry.shadows
      where Bucket.of(request, salt: shadow.salt, for: .shadow) < shadow.sample {
        shadows.append(shadow.target)
      }
    }
    return Decision(
      rules: self, entry: entry, checked: checked, target: target, draw: draw, shadows: shadows)
  }

  /// The first field that is a text, and no empty one, of some and of those that name the request;
  /// nil where none is.
  private func unit(
    _ fields: [Int], _ values: FieldValues
  ) -> (unit: [UInt8], source: String)? {
    for field in fields + names {
      let slot = values.slots[field]
      if slot.kind == .text, slot.count > 0 {
        return (Array(values.text(of: slot)), paths[field].text)
      }
    }
    return nil
  }
}

/// The name of a request whose context does not name it.
package struct RequestUnit: Sendable, Hashable {
  let text: String
  /// The source of the name, as a decision reports it.
  let source: String

  /// Nothing: all such requests are one unit.
  package static let none = RequestUnit("", source: "none")

  /// The decision's own name: each request is a unit.
  package static func decision(_ id: String) -> RequestUnit {
    RequestUnit(id, source: "decision.id")
  }

  /// A text, and where it is from.
  package init(_ text: String, source: String) {
    self.text = text
    self.source = source
  }
}
