import CSimdjson

/// Strings as JSON text.
package enum JSONText {
  /// Appends `text` (UTF-8) in quotes, with the escapes of RFC 8785 §3.2.2.2 and no others.
  package static func append(_ text: UnsafeBufferPointer<UInt8>, to out: inout [UInt8]) {
    out.append(UInt8(ascii: "\""))
    if let source = text.baseAddress {
      let growth = unsafe assay_json_escape_growth(source, text.count)
      if growth == 0 {
        unsafe out.append(contentsOf: text)
      } else {
        let escaped = unsafe [UInt8](unsafeUninitializedCapacity: text.count + growth) {
          target, count in
          guard let start = target.baseAddress else { return }
          unsafe count = assay_json_escape(source, text.count, start)
        }
        out.append(contentsOf: escaped)
      }
    }
    out.append(UInt8(ascii: "\""))
  }

  /// Appends `text` in quotes.
  package static func append(_ text: String, to out: inout [UInt8]) {
    let bytes = Array(text.utf8)
    unsafe bytes.withUnsafeBufferPointer { unsafe append($0, to: &out) }
  }
}
