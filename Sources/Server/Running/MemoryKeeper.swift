import Platform
import ServiceLifecycle

/// Gives freed memory back to the system, every ten seconds.
struct MemoryKeeper: ServiceLifecycle.Service {
  private static let pause = Duration.seconds(10)

  func run() async throws {
    await cancelWhenGracefulShutdown {
      while !Task.isCancelled {
        try? await Task.sleep(for: Self.pause)
        ProcessMemory.giveBackFreedBuffers()
      }
    }
  }
}
