import Model

extension StoreError.Kind {
  /// The exit status of a command that ended with an error of this kind, a number of sysexits.h.
  var exitStatus: Int32 {
    switch self {
    case .usage: 64
    case .invalid: 65
    case .missing: 66
    case .corrupt, .exhausted, .unavailable: 74
    case .conflict: 75
    case .denied: 77
    }
  }
}
