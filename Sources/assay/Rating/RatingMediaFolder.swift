import Foundation
import Model
import Wire

/// A temporary folder with the media of a task, for the rater to open.
///
/// Its files have names that disclose nothing, and it is removed after the session.
struct RatingMediaFolder {
  private let service: any StoreService
  private let dataset: DatasetName
  private var folder: URL?
  private var count = 0

  /// The most bytes of one request.
  private static let pieceBytes = 1 << 20

  init(service: any StoreService, dataset: DatasetName) {
    self.service = service
    self.dataset = dataset
  }

  /// Returns the task with paths of files in place of addresses.
  mutating func shown(_ document: RatingTaskDocument) throws(StoreError) -> RatingTaskDocument {
    guard var task = document.task else { return document }
    task.shared = try paths(task.shared, "shared")
    task.left = try paths(task.left, task.right == nil ? "output" : "left")
    task.right = try task.right.map { cells throws(StoreError) in try paths(cells, "right") }
    count += 1
    var document = document
    document.task = task
    return document
  }

  private mutating func paths(
    _ cells: [RatingTask.Cell], _ side: String
  ) throws(StoreError) -> [RatingTask.Cell] {
    var shown: [RatingTask.Cell] = []
    for (place, cell) in cells.enumerated() {
      var cell = cell
      if let media = cell.media {
        let kind =
          media.mediaType.split(separator: "/").last.map { $0.prefix { $0.isLetter } } ?? ""
        cell.text = try write(media, as: "\(count + 1)-\(side)-\(place + 1).\(kind)")
      }
      shown.append(cell)
    }
    return shown
  }

  private mutating func write(
    _ media: RatingTask.Media, as name: String
  ) throws(StoreError) -> String {
    let folder = try made()
    let file = folder.appending(path: name)
    guard FileManager.default.createFile(atPath: file.path, contents: nil),
      let handle = FileHandle(forWritingAtPath: file.path)
    else { throw Self.failed(file) }
    defer { try? handle.close() }
    var offset = 0
    while offset < media.size {
      let piece = try service.ratingMedia(
        in: dataset, media.address, at: offset, count: min(Self.pieceBytes, media.size - offset))
      guard !piece.isEmpty else {
        throw StoreError(.corrupt, "what the task shows became shorter; run 'assay verify'")
      }
      do {
        try handle.write(contentsOf: piece)
      } catch {
        throw Self.failed(file)
      }
      offset += piece.count
    }
    return file.path
  }

  private mutating func made() throws(StoreError) -> URL {
    if let folder { return folder }
    let made = FileManager.default.temporaryDirectory.appending(
      path: "assay-rate-\(UUID().uuidString)")
    do {
      try FileManager.default.createDirectory(
        at: made, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
    } catch {
      throw Self.failed(made)
    }
    folder = made
    return made
  }

  private static func failed(_ file: URL) -> StoreError {
    StoreError(
      .unavailable,
      "what is to be rated cannot be written to \(file.path); set TMPDIR to a folder with space")
  }

  /// Removes the files.
  func remove() {
    if let folder { try? FileManager.default.removeItem(at: folder) }
  }
}
