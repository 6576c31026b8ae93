import Platform
import ServiceLifecycle

/// Gives freed memory back to the system, once per minute.
struct MemoryKeeper: ServiceLifecycle.Service {
  private static let pause = Duration.seconds(60)

  func run() async throws {
    await cancelWhenGracefulShutdown {
      while !Task.isCancelled {
        try? await Task.sleep(for: Self.pause)
        ProcessMemory.giveBackFreedBuffers()
      }
    }
  }
}
