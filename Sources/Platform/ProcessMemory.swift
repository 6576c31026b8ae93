import CMalloc
import Glibc

/// The process's memory beyond what is in use: kept for the next buffers, or given back.
package enum ProcessMemory {
  /// Keeps freed buffers for the next ones, instead of giving each back to the system.
  ///
  /// Row groups come and go as buffers of the same few sizes. By default glibc maps and unmaps each
  /// of them, and the page faults take a quarter of the time of a read, two fifths of `verify`:
  /// https://man7.org/linux/man-pages/man3/mallopt.3.html. To be called once, at the start.
  ///
  /// Two arenas per core are enough, since no more threads than cores run at a time; by default
  /// there are eight, each of which keeps freed buffers of its own.
  package static func keepFreedBuffers() {
    mallopt(M_MMAP_THRESHOLD, 32 << 20)
    mallopt(M_TRIM_THRESHOLD, 64 << 20)
    mallopt(M_ARENA_MAX, 2 * Int32(clamping: max(1, sysconf(Int32(_SC_NPROCESSORS_ONLN)))))
  }

  /// Gives the pages of freed buffers back to the system, in all of the allocator's arenas.
  ///
  /// A process that lives long calls it now and then: each arena keeps what its threads once
  /// needed at a time, so what the process holds grows with the number of arenas that saw their
  /// peak, long after memory in use has stopped growing. Any thread may call; it takes
  /// milliseconds.
  package static func giveBackFreedBuffers() { malloc_trim(0) }
}
