import Model
import Objects

extension Store {
  /// The objects as garbage collection needs them.
  /// - Throws: ``StoreError`` of kind `denied` where nothing can be collected safely.
  var maintainable: any MaintainableObjectStore {
    get throws(StoreError) {
      guard let maintainable = objects as? any MaintainableObjectStore else {
        throw StoreError(
          .denied,
          "garbage collection needs a store in a folder, and this one is not; leave its files as "
            + "they are")
      }
      return maintainable
    }
  }

  /// Keeps a file that a version is about to name from being collected.
  /// - Throws: ``StoreError`` of kind `missing` when no file has that name.
  func hold(_ name: String) throws(StoreError) {
    if let maintainable = objects as? any MaintainableObjectStore {
      try maintainable.touch(name)
    } else if try objects.status(of: name) == nil {
      // Where nothing is collected it is enough that the file is there.
      throw StoreError(.missing, "\(name) is not in the store; restore it from a copy")
    }
  }
}
