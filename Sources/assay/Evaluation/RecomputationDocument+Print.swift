import ArgumentParser
import Model
import Wire

extension RecomputationDocument {
  /// Tells what computing a document again gave; ends with status 1 where that is another.
  func print(asJSON: Bool) throws {
    let output = try Output()
    if asJSON {
      try output.json(self)
    } else if isEqual {
      try output.line("\(reference) computed again: the same bytes")
    } else {
      try output.line("\(reference) computed again: not the same")
      for difference in differences {
        let (old, new) = (difference.saved ?? "nothing", difference.recomputed ?? "nothing")
        try output.line("\(difference.pointer): \(old.prefix(60)) → \(new.prefix(60))")
      }
    }
    try output.finish()
    if !isEqual { throw ExitCode(1) }
  }
}
