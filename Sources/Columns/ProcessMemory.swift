import CMalloc

/// How the process deals with memory that was let go.
package enum ProcessMemory {
  /// Keeps freed buffers for the next ones, instead of giving each back to the system.
  ///
  /// Row groups come and go as buffers of the same few sizes. By default glibc maps and unmaps each
  /// of them, and the page faults take a quarter of the time of a read, two fifths of `verify`:
  /// https://man7.org/linux/man-pages/man3/mallopt.3.html. To be called once, at the start.
  package static func keepFreedBuffers() {
    mallopt(M_MMAP_THRESHOLD, 32 << 20)
    mallopt(M_TRIM_THRESHOLD, 64 << 20)
  }
}
