/// The places that make up a store: its objects, which may be anywhere, and the files that one
/// machine keeps beside them.
///
/// A store in a folder has all of them in that folder. Any thread may use its parts.
package struct StoreHome: Sendable {
  /// The log, the packs, the attachments and the format file.
  package let objects: any ObjectStore
  /// Attachments that come in parts, until they are whole.
  package let uploads: PartialUploads
  /// Segments of live rows: files that grow, which objects never do.
  package let live: any Disk
  /// The files of ``live`` as objects: its segments, and the keys of those that were sealed.
  package let liveObjects: any ObjectStore
  /// Tokens and the audit log.
  package let access: any Disk
  /// The path of the index, which is derived.
  package let indexPath: String
  /// The path of the folder in which temporary files are made.
  package let scratch: String
  /// The store's name in messages.
  package let name: String

  /// The store in the folder `path`; `disk` replaces the system's disk there.
  package init(path: String, disk: (any Disk)? = nil) {
    let disk = disk ?? PosixDisk(root: path)
    let objects = LocalObjectStore(disk: disk)
    self.objects = objects
    uploads = PartialUploads(within: objects)
    live = disk
    liveObjects = objects
    access = disk
    indexPath = path + "/" + StoreLayout.indexFile
    scratch = path + "/" + StoreLayout.temporaries.dropLast()
    name = path
  }

  /// A store called `name` whose objects are in another place than its other files: in a bucket, or
  /// in memory.
  package init(
    name: String, objects: any ObjectStore, live: any Disk, access: any Disk, indexPath: String,
    scratch: String
  ) {
    self.objects = objects
    uploads = PartialUploads(over: live, into: objects)
    self.live = live
    liveObjects = LocalObjectStore(disk: live)
    self.access = access
    self.indexPath = indexPath
    self.scratch = scratch
    self.name = name
  }
}
