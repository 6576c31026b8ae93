import HummingbirdTLS
import Model
import NIOCore
import NIOSSL
import Platform
import Synchronization

/// The certificate of a server and its key, read again from their files when they were renewed.
///
/// Any thread may call.
final class CertificateKeeper: Sendable {
  private struct Pair: Sendable {
    let chain: [NIOSSLCertificateSource]
    let key: NIOSSLPrivateKeySource
  }

  private let certificatePath: String
  private let keyPath: String
  private let current: Mutex<Pair>

  /// Reads a chain and its key, both in PEM.
  /// - Throws: ``StoreError`` of kind `usage` when they cannot be read or are not of one another.
  init(certificatePath: String, keyPath: String) throws(StoreError) {
    self.certificatePath = certificatePath
    self.keyPath = keyPath
    current = Mutex(try Self.read(certificatePath, keyPath))
  }

  /// Reads the files again; handshakes from now on use what they hold.
  /// - Throws: ``StoreError`` of kind `usage`; then everything is as it was.
  func reload() throws(StoreError) {
    let pair = try Self.read(certificatePath, keyPath)
    current.withLock { $0 = pair }
  }

  /// The configuration of new connections, each with the certificate current at the time.
  var configuration: TLSConfiguration {
    var configuration = Self.configuration(of: current.withLock { $0 })
    configuration.sslContextCallback = { [self] _, promise in
      let pair = current.withLock { $0 }
      var override = NIOSSLContextConfigurationOverride()
      override.certificateChain = pair.chain
      override.privateKey = pair.key
      promise.succeed(override)
    }
    return configuration
  }

  private static func configuration(of pair: Pair) -> TLSConfiguration {
    var configuration = TLSConfiguration.makeServerConfiguration(
      certificateChain: pair.chain, privateKey: pair.key)
    // RFC 8996 deprecates what came before.
    configuration.minimumTLSVersion = .tlsv12
    return configuration
  }

  private static func read(
    _ certificatePath: String, _ keyPath: String
  ) throws(StoreError) -> Pair {
    let certificateBytes = try bytes(certificatePath, "--tls-cert")
    let keyBytes = try bytes(keyPath, "--tls-key")
    do {
      let chain = try NIOSSLCertificate.fromPEMBytes(certificateBytes)
      let key = try NIOSSLPrivateKey(bytes: keyBytes, format: .pem)
      let pair = Pair(chain: chain.map { .certificate($0) }, key: .privateKey(key))
      // Refuses a key that is another certificate's.
      _ = try NIOSSLContext(configuration: configuration(of: pair))
      return pair
    } catch {
      throw StoreError(
        .usage,
        "the certificate or its key cannot be read as PEM, or they are not of one another; check "
          + "--tls-cert and --tls-key")
    }
  }

  /// The bytes of a file; of no pipe, which a process that goes on could wait for without an end.
  private static func bytes(_ path: String, _ option: String) throws(StoreError) -> [UInt8] {
    do throws(StoreError) {
      return try RegularFile(path).rest(limit: 1 << 20)
    } catch {
      throw StoreError(.usage, "\(option): \(error.message)")
    }
  }
}
