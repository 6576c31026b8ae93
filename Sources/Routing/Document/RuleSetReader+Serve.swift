import Model

extension RuleSetReader {
  mutating func serve(_ place: Place?, carvedFrom parent: RuleSet.Serve?) -> RuleSet.Serve {
    guard let place, let members = object(place, required: [], optional: ["target", "split"])
    else { return .target("") }
    switch (members["target"], members["split"]) {
    case (let target?, nil): return .target(self.target(target))
    case (nil, let split?): return .split(self.split(split, carvedFrom: parent))
    default:
      note("has to have one of target and split", at: place.pointer)
      return .target("")
    }
  }

  private mutating func split(
    _ place: Place, carvedFrom parent: RuleSet.Serve?
  ) -> RuleSet.Split {
    let none = RuleSet.Split(salt: "", fields: [], variants: [])
    guard
      let members = object(
        place, required: ["hash_version", "salt", "hash_fields", "variants"])
    else { return none }
    if members["hash_version"] != nil { _ = integer(members["hash_version"], in: 1...1) }
    let salt = text(members["salt"])
    var fields: [FieldPath] = []
    for item in list(members["hash_fields"], atMost: 16) {
      fields.append(path(text(item), at: item.pointer))
    }
    var old: [Carving.Share] = []
    if case .split(let split) = parent, Carving.isSame(split.salt, salt), split.fields == fields {
      old = split.variants.map { Carving.Share(name: $0.name, ranges: $0.ranges) }
    }
    let variants = variants(members["variants"], carvedFrom: old)
    return RuleSet.Split(salt: salt, fields: fields, variants: variants)
  }

  private mutating func variants(
    _ place: Place?, carvedFrom old: [Carving.Share]
  ) -> [RuleSet.Variant] {
    guard let place else { return [] }
    var variants: [RuleSet.Variant] = []
    var names: [(name: String, pointer: JSONPointer)] = []
    var withRanges = 0
    for item in list(place, atLeast: 1, atMost: 256) {
      guard
        let members = object(item, required: ["name", "target", "weight"], optional: ["ranges"])
      else { continue }
      let name = text(members["name"])
      names.append((name, item.pointer / "name"))
      if members["ranges"] != nil { withRanges += 1 }
      variants.append(
        RuleSet.Variant(
          name: name, target: target(members["target"]),
          weight: integer(members["weight"], in: 0...Bucket.count),
          ranges: ranges(members["ranges"])
        ))
    }
    requireUnique(names, "variant")
    let sum = variants.reduce(0) { $0 + $1.weight }
    guard sum == Bucket.count else {
      note("has weights that sum to \(sum), not \(Bucket.count)", at: place.pointer)
      return variants
    }
    if withRanges == 0 {
      let ranges = Carving.ranges(from: old, to: variants.map { ($0.name, $0.weight) })
      return zip(variants, ranges).map {
        RuleSet.Variant(name: $0.name, target: $0.target, weight: $0.weight, ranges: $1)
      }
    }
    if withRanges < variants.count {
      note(
        "has ranges for some variants only; give all, or none to have them cut", at: place.pointer)
    } else {
      check(variants, at: place.pointer)
    }
    return variants
  }

  private mutating func ranges(_ place: Place?) -> [BucketRange] {
    var ranges: [BucketRange] = []
    for item in list(place, atMost: 10_000) {
      let bounds = list(item)
      guard bounds.count == 2 else {
        note("has to be two buckets, [from, below]", at: item.pointer)
        continue
      }
      let lower = integer(bounds[0], in: 0...Bucket.count)
      let upper = integer(bounds[1], in: 0...Bucket.count)
      if lower >= upper { note("is empty", at: item.pointer) }
      ranges.append(BucketRange(lower, upper))
    }
    return ranges
  }

  /// Notes when ranges are not what weights say, or not each bucket once.
  private mutating func check(_ variants: [RuleSet.Variant], at pointer: JSONPointer) {
    for (index, variant) in variants.enumerated() {
      let count = variant.ranges.reduce(0) { $0 + $1.count }
      if count != variant.weight {
        note(
          "hold \(count) buckets, but the weight is \(variant.weight)",
          at: pointer / index / "ranges")
      }
    }
    var next = 0
    for range in variants.flatMap(\.ranges).sorted(by: { $0.lower < $1.lower }) {
      if range.lower != next {
        note(
          range.lower > next
            ? "leaves out the buckets \(next) up to \(range.lower)"
            : "gives the buckets \(range.lower) up to \(min(next, range.upper)) twice",
          at: pointer)
        return
      }
      next = range.upper
    }
    if next != Bucket.count {
      note("leaves out the buckets \(next) up to \(Bucket.count)", at: pointer)
    }
  }

  mutating func classes(_ place: Place?) -> [RuleSet.FailureClass] {
    let names = RuleSet.FailureClass.allCases.map(\.rawValue)
    var classes: [RuleSet.FailureClass] = []
    for item in list(place, atLeast: 1) {
      guard let name = choice(item, names), let known = RuleSet.FailureClass(rawValue: name)
      else { continue }
      if classes.contains(known) { note("is given twice", at: item.pointer) }
      classes.append(known)
    }
    return classes
  }

  mutating func fallbacks(_ place: Place?) -> [RuleSet.Fallback] {
    var fallbacks: [RuleSet.Fallback] = []
    var names: [(name: String, pointer: JSONPointer)] = []
    for item in list(place, atMost: 64) {
      guard let members = object(item, required: ["target", "on"]) else { continue }
      let target = target(members["target"])
      names.append((target, item.pointer / "target"))
      fallbacks.append(RuleSet.Fallback(target: target, classes: classes(members["on"])))
    }
    requireUnique(names, "fallback")
    return fallbacks
  }

  mutating func shadows(_ place: Place?) -> [RuleSet.Shadow] {
    list(place, atMost: 64).compactMap { item in
      guard
        let members = object(
          item, required: ["target", "sample", "salt"],
          optional: ["timeout_ms", "max_in_flight", "budget_microusd_per_day"])
      else { return nil }
      _ = integer(members["timeout_ms"], in: 1...86_400_000)
      _ = integer(members["max_in_flight"], in: 1...1_000_000)
      _ = integer(members["budget_microusd_per_day"], in: 0...1_000_000_000_000_000)
      return RuleSet.Shadow(
        target: target(members["target"]),
        sample: integer(members["sample"], in: 0...Bucket.count), salt: text(members["salt"]))
    }
  }
}
