import CZstd
package import Model
import Synchronization

/// A zstd compressor with one reusable context; owned by one worker at a time.
@safe package struct Compressor: ~Copyable {
  /// The amount of work that goes into a frame.
  ///
  /// The parameters are fixed rather than a level's; the figures
  /// are of model outputs on one core (bytes stored of bytes given, relative speed), level 1 being
  /// 45 % at 1.0 and level 3 43 % at 0.6.
  package enum Effort: Sendable {
    /// Matches of six bytes through a table of 2^15, window 256 KiB: 42.3 % at 0.9.
    case fast
    /// Matches of five and eight bytes through two tables, window 512 KiB: 40.0 % at 0.5.
    case thorough
  }

  // Safe to hold: only this value uses it between init and deinit.
  private let context: OpaquePointer
  private static let idle = IdleContexts()

  /// A compressor.
  /// - Throws: ``StoreError`` of kind `exhausted` when there is no memory.
  package init() throws(StoreError) {
    guard let context = unsafe Self.idle.take() ?? ZSTD_createCCtx() else {
      throw StoreError(.exhausted, "no memory for a zstd compressor")
    }
    unsafe self.context = unsafe context
  }

  private func prepare(_ effort: Effort) {
    var parameters: [(ZSTD_cParameter, Int32)] = [
      // The checksum is what lets every read notice damage. A target length of 0 keeps the literals
      // compressed.
      (ZSTD_c_checksumFlag, 1), (ZSTD_c_compressionLevel, 1), (ZSTD_c_targetLength, 0),
    ]
    switch effort {
    case .fast:
      parameters += [
        (ZSTD_c_strategy, Int32(ZSTD_fast.rawValue)), (ZSTD_c_windowLog, 18),
        (ZSTD_c_hashLog, 15), (ZSTD_c_minMatch, 6),
      ]
    case .thorough:
      parameters += [
        (ZSTD_c_strategy, Int32(ZSTD_dfast.rawValue)), (ZSTD_c_windowLog, 19),
        (ZSTD_c_hashLog, 17), (ZSTD_c_chainLog, 16), (ZSTD_c_minMatch, 5),
      ]
    }
    for (parameter, value) in parameters {
      unsafe ZSTD_CCtx_setParameter(context, parameter, value)
    }
  }

  deinit { if unsafe !Self.idle.keep(context) { unsafe ZSTD_freeCCtx(context) } }

  /// One frame holding `bytes`, with their size and checksum.
  private func frame(_ bytes: UnsafeRawBufferPointer) throws(StoreError) -> [UInt8] {
    let bound = ZSTD_compressBound(bytes.count)
    var result = 0
    let frame = unsafe [UInt8](unsafeUninitializedCapacity: bound) { target, count in
      result = unsafe ZSTD_compress2(
        context, target.baseAddress, bound, bytes.baseAddress, bytes.count)
      count = ZSTD_isError(result) == 0 ? result : 0
    }
    guard ZSTD_isError(result) == 0 else {
      throw StoreError(.exhausted, "zstd could not compress: \(errorName(result))")
    }
    return frame
  }
}

extension Compressor {
  /// One frame holding the bytes of `range`, or all.
  package func frame(
    _ bytes: [UInt8], _ range: Range<Int>? = nil, _ effort: Effort = .fast
  ) throws(StoreError) -> Frame {
    prepare(effort)
    var failure: StoreError?
    var compressed: [UInt8] = []
    let range = range ?? 0..<bytes.count
    unsafe bytes.withUnsafeBytes { buffer in
      do throws(StoreError) {
        compressed = unsafe try frame(UnsafeRawBufferPointer(rebasing: buffer[range]))
      } catch {
        failure = error
      }
    }
    if let failure { throw failure }
    return Frame(bytes: compressed, rawCount: range.count)
  }
}

/// A zstd decompressor with one reusable context; owned by one worker at a time.
@safe package struct Decompressor: ~Copyable {
  // Safe to hold: only this value uses it between init and deinit.
  private let context: OpaquePointer

  private static let idle = IdleContexts()

  /// A decompressor.
  /// - Throws: ``StoreError`` of kind `exhausted` when there is no memory.
  package init() throws(StoreError) {
    guard let context = unsafe Self.idle.take() ?? ZSTD_createDCtx() else {
      throw StoreError(.exhausted, "no memory for a zstd decompressor")
    }
    unsafe self.context = unsafe context
  }

  deinit { if unsafe !Self.idle.keep(context) { unsafe ZSTD_freeDCtx(context) } }

  /// Decompresses exactly one frame that must fill `target` exactly.
  /// - Throws: ``StoreError`` of kind `corrupt` when the frame is damaged or of another size.
  package func decompress(
    _ frame: UnsafeRawBufferPointer, into target: UnsafeMutableRawBufferPointer
  ) throws(StoreError) {
    let result = unsafe ZSTD_decompressDCtx(
      context, target.baseAddress, target.count, frame.baseAddress, frame.count)
    guard ZSTD_isError(result) == 0 else {
      throw StoreError(.corrupt, "stored data is damaged (\(errorName(result)))")
    }
    guard result == target.count else {
      throw StoreError(
        .corrupt, "stored data is damaged (\(result) bytes where \(target.count) were saved)")
    }
  }

  /// The bytes of one frame that holds `rawCount` bytes.
  package func bytes(of frame: [UInt8], rawCount: Int) throws(StoreError) -> [UInt8] {
    var failure: StoreError?
    let bytes = unsafe [UInt8](unsafeUninitializedCapacity: rawCount) { target, count in
      unsafe frame.withUnsafeBytes { source in
        do throws(StoreError) {
          unsafe try decompress(source, into: UnsafeMutableRawBufferPointer(target))
          count = rawCount
        } catch {
          failure = error
        }
      }
    }
    if let failure { throw failure }
    return bytes
  }
}

/// Contexts of zstd that are not in use: making one clears more memory than most chunks hold.
@safe private final class IdleContexts: Sendable {
  /// As bit patterns, since a pointer is not sendable; taking one removes it, so it has one user.
  private let patterns = Mutex<[UInt]>([])
  private static let limit = 8

  /// A pooled context; nil when the pool is empty.
  func take() -> OpaquePointer? {
    let pattern = patterns.withLock { $0.popLast() } ?? 0
    return unsafe OpaquePointer(bitPattern: pattern)
  }

  /// Keeps a context for the next one who needs it; false when there are enough.
  func keep(_ context: OpaquePointer) -> Bool {
    let pattern = UInt(bitPattern: context)
    return patterns.withLock { patterns in
      guard patterns.count < Self.limit else { return false }
      patterns.append(pattern)
      return true
    }
  }
}

private func errorName(_ code: Int) -> String {
  unsafe String(cString: ZSTD_getErrorName(code))
}
