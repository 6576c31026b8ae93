package import Providers

/// The pauses before repeated calls: exponential, with full jitter unless the provider's document
/// says otherwise.
package enum Backoff {
  /// The pause before the call is sent for the `count`-th time again, from 1.
  /// - Parameter random: A number from 0 up to 1.
  package static func pause(
    _ count: Int, _ retry: ProviderDefinition.Retry, random: Double
  ) -> Duration {
    let bound = min(retry.longest, retry.base * (1 << min(max(count, 1) - 1, 20)))
    return retry.hasJitter ? bound * random : bound
  }

  /// The time for which a provider gets no calls after it asked to wait: that time, and up to a
  /// tenth of it or a second more, so that programs do not come back together.
  package static func rest(_ asked: Duration, random: Double) -> Duration {
    asked + min(.seconds(1), asked / 10) * random
  }
}
