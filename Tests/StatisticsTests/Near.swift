/// Whether `value` is there and at most `tolerance` away from `wanted`.
func near(_ value: Double?, _ wanted: Double?, _ tolerance: Double = 1e-12) -> Bool {
  guard let value, let wanted else { return value == wanted }
  return abs(value - wanted) <= tolerance
}
