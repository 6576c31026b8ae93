/// The places that make up a store: its objects, which may be anywhere, and what one machine keeps
/// beside them.
///
/// A store in a folder has all of them in that folder. Any thread may use its parts.
package struct StoreHome: Sendable {
  /// The log, the packs, the attachments and the format file.
  package let objects: any ObjectStore
  /// Attachments that come in parts, until they are whole.
  package let uploads: PartialUploads
  /// Segments of live rows: files that grow, which objects never do.
  package let live: any Disk
  /// Tokens and the audit log.
  package let access: any Disk
  /// The path of the index, which is derived.
  package let indexPath: String
  /// The path of the folder in which temporary files are made.
  package let scratch: String
  /// The store's name in messages.
  package let name: String

  /// The store in the folder `path`; `disk` takes the place of the system's disk there.
  package init(path: String, disk: (any Disk)? = nil) {
    let disk = disk ?? PosixDisk(root: path)
    let objects = LocalObjectStore(disk: disk)
    self.objects = objects
    uploads = PartialUploads(within: objects)
    live = disk
    access = disk
    indexPath = path + "/" + StoreLayout.indexFile
    scratch = path + "/" + StoreLayout.temporaries.dropLast()
    name = path
  }
}
