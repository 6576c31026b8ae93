import Foundation
import TestSupport
import Testing

/// A server with a certificate, and clients that trust it or do not.
@Suite(.tags(.slow), .unlessFast) struct TLSTests {
  private static let openssl = ["/usr/bin/openssl", "/usr/local/bin/openssl"].first {
    FileManager.default.isExecutableFile(atPath: $0)
  }

  /// Makes `cert.pem` for this machine, signed by itself, and its `key.pem`.
  private func makeCertificate(_ place: Workplace, _ openssl: String) throws {
    let made = try place.shell(
      """
      '\(openssl)' req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2 \
      -keyout key.pem -out cert.pem -subj /CN=localhost \
      -addext 'subjectAltName=DNS:localhost,IP:127.0.0.1' 2>&1
      """)
    try #require(made.status == 0, "\(made.output)")
  }

  @Test(.enabled(if: openssl != nil, "there is no openssl here to make a certificate"))
  func `the command line works with a server whose authority it is told`() throws {
    let openssl = try #require(Self.openssl)
    let place = try Workplace()
    try makeCertificate(place, openssl)
    let server = try ServerProcess(
      place.folder, "--store", ".assay", "--tls-cert", "cert.pem", "--tls-key", "key.pem")
    #expect(server.url.hasPrefix("https://"))
    try place.write("{\"id\":1}\n", as: "rows.jsonl")
    for name in ["SSL_CERT_FILE", "CURL_CA_BUNDLE"] {
      let trusting = [
        "ASSAY_STORE": server.url, name: place.folder.appending(path: "cert.pem").path,
      ]
      let pushed = try place.run("push", "runs", "rows.jsonl", environment: trusting)
      #expect(pushed.status == 0, "\(pushed.error)")
      #expect(try place.run("pull", "runs", environment: trusting).output == "{\"id\":1}\n")
    }
    let strange = try place.run("ls", environment: ["ASSAY_STORE": server.url])
    #expect(strange.status == 74 && strange.error.contains("SSL_CERT_FILE"), "\(strange.error)")
    let other = "https://localhost.example:1"
    #expect(try place.run("ls", environment: ["ASSAY_STORE": other]).status == 74)
  }

  @Test(.enabled(if: openssl != nil, "there is no openssl here to make a certificate"))
  func `plain http to a server with a certificate is refused`() throws {
    let openssl = try #require(Self.openssl)
    let place = try Workplace()
    try makeCertificate(place, openssl)
    let server = try ServerProcess(
      place.folder, "--store", ".assay", "--tls-cert", "cert.pem", "--tls-key", "key.pem")
    let plain = server.url.replacing("https://", with: "http://")
    let refused = try place.run("ls", environment: ["ASSAY_STORE": plain])
    #expect(refused.status == 74 && refused.output.isEmpty, "\(refused.error)")
    // The server goes on.
    let trusting = [
      "ASSAY_STORE": server.url, "SSL_CERT_FILE": place.folder.appending(path: "cert.pem").path,
    ]
    #expect(try place.run("ls", environment: trusting).status == 0)
  }

  @Test(.enabled(if: openssl != nil, "there is no openssl here to make a certificate"))
  func `a certificate without its key, or none, is an error of usage`() throws {
    let openssl = try #require(Self.openssl)
    let place = try Workplace()
    try makeCertificate(place, openssl)
    #expect(try place.run("serve", "--port", "0", "--tls-cert", "cert.pem").status == 64)
    let swapped = try place.run(
      "serve", "--port", "0", "--tls-cert", "key.pem", "--tls-key", "cert.pem")
    #expect(swapped.status == 64, "\(swapped.error)")
  }
}
