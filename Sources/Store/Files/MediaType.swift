/// The media type of bytes: by their beginning, else by the extension of the name they came under.
///
/// The beginnings are those of https://mimesniff.spec.whatwg.org/ (images, audio, video, archives)
/// and https://www.iana.org/assignments/media-types/.
package enum MediaType {
  /// The number of bytes at the start of a file that are examined.
  package static let prefixBytes = 64

  /// The type of bytes of unknown content.
  package static let unknown = "application/octet-stream"

  private struct Beginning {
    let offset: Int
    let bytes: [UInt8]
    let type: String

    init(_ text: String, at offset: Int = 0, _ type: String) {
      self.init(Array(text.utf8), at: offset, type)
    }

    init(_ bytes: [UInt8], at offset: Int = 0, _ type: String) {
      self.offset = offset
      self.bytes = bytes
      self.type = type
    }
  }

  private static let beginnings = [
    Beginning([0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A], "image/png"),
    Beginning([0xFF, 0xD8, 0xFF], "image/jpeg"),
    Beginning("GIF87a", "image/gif"), Beginning("GIF89a", "image/gif"),
    Beginning("II*\0", "image/tiff"), Beginning("MM\0*", "image/tiff"),
    Beginning("%PDF-", "application/pdf"),
    Beginning("OggS\0", "audio/ogg"), Beginning("fLaC", "audio/flac"),
    Beginning("ID3", "audio/mpeg"),
    Beginning([0x1A, 0x45, 0xDF, 0xA3], "video/webm"),
    Beginning([0x1F, 0x8B, 0x08], "application/gzip"),
    Beginning([0x28, 0xB5, 0x2F, 0xFD], "application/zstd"),
    Beginning("PAR1", "application/vnd.apache.parquet"),
    Beginning("ARROW1", "application/vnd.apache.arrow.file"),
  ]

  private static let extensions = [
    "png": "image/png", "jpg": "image/jpeg", "jpeg": "image/jpeg", "gif": "image/gif",
    "webp": "image/webp", "bmp": "image/bmp", "svg": "image/svg+xml", "avif": "image/avif",
    "heic": "image/heic", "tif": "image/tiff", "tiff": "image/tiff", "wav": "audio/wav",
    "mp3": "audio/mpeg", "flac": "audio/flac", "ogg": "audio/ogg", "opus": "audio/ogg",
    "m4a": "audio/mp4", "mp4": "video/mp4", "m4v": "video/mp4", "mov": "video/quicktime",
    "webm": "video/webm", "mkv": "video/x-matroska", "avi": "video/x-msvideo",
    "pdf": "application/pdf", "zip": "application/zip", "gz": "application/gzip",
    "zst": "application/zstd", "txt": "text/plain", "log": "text/plain", "md": "text/markdown",
    "csv": "text/csv", "html": "text/html", "json": "application/json",
    "jsonl": "application/x-ndjson", "xml": "application/xml", "yaml": "application/yaml",
    "yml": "application/yaml", "parquet": "application/vnd.apache.parquet",
    "arrow": "application/vnd.apache.arrow.file",
  ]

  /// The type of a file that begins with `prefix` and was called `name`.
  package static func of(_ prefix: [UInt8], name: String) -> String {
    for beginning in beginnings where has(prefix, beginning.bytes, at: beginning.offset) {
      return beginning.type
    }
    if let type = container(prefix) { return type }
    let parts = name.split(separator: ".", omittingEmptySubsequences: false)
    if parts.count > 1, let type = extensions[parts[parts.count - 1].lowercased()] { return type }
    // The frame sync of MPEG audio is too short to outweigh a name.
    if prefix.count > 1, prefix[0] == 0xFF, prefix[1] & 0xE6 == 0xE2 { return "audio/mpeg" }
    return unknown
  }

  /// The type of bytes in a container of several types: RIFF and ISO base media files name theirs.
  private static func container(_ prefix: [UInt8]) -> String? {
    if has(prefix, Array("RIFF".utf8), at: 0) {
      if has(prefix, Array("WEBP".utf8), at: 8) { return "image/webp" }
      if has(prefix, Array("WAVE".utf8), at: 8) { return "audio/wav" }
      if has(prefix, Array("AVI ".utf8), at: 8) { return "video/x-msvideo" }
      return nil
    }
    guard has(prefix, Array("ftyp".utf8), at: 4), prefix.count >= 12 else { return nil }
    return switch String(decoding: prefix[8..<12], as: UTF8.self) {
    case "avif", "avis": "image/avif"
    case "heic", "heix", "mif1": "image/heic"
    case "M4A ", "M4B ": "audio/mp4"
    case "qt  ": "video/quicktime"
    default: "video/mp4"
    }
  }

  private static func has(_ prefix: [UInt8], _ bytes: [UInt8], at offset: Int) -> Bool {
    prefix.count >= offset + bytes.count
      && prefix[offset..<offset + bytes.count].elementsEqual(bytes)
  }
}
