import FileTransfer
import Model
import Testing

@Suite struct SafeNameTests {
  private func name(_ text: String) -> String {
    SafeName.name(
      FileValue(digest: Digest(hashing: [1]), mediaType: "image/png", name: text, byteCount: 1))
  }

  @Test(arguments: [
    ("cat.png", "cat.png"), ("größe 猫 🙂.png", "größe 猫 🙂.png"),
    ("a b (1).tar.gz", "a b (1).tar.gz"),
    ("../../etc/passwd", "passwd"), ("/etc/passwd", "passwd"), ("C:\\Users\\x\\a.png", "a.png"),
    (".bashrc", "_bashrc"), ("a/.x", "_x"),
    ("-rf", "_rf"), ("~root", "_root"), (" a", "_a"), ("a. ", "a"), ("a...", "a"),
    ("CON", "_CON"), ("con.png", "_con.png"), ("Lpt1.tar.gz", "_Lpt1.tar.gz"), ("COM¹", "_COM¹"),
    ("aux .txt", "_aux .txt"), ("console.png", "console.png"), ("nul:", "nul_"),
    ("a:b*c?d\"e<f>g|h", "a_b_c_d_e_f_g_h"), ("a\r\nb\u{7}c", "a__b_c"),
    ("evil\u{202E}gnp.exe", "evil_gnp.exe"), ("a\u{0}b", "a_b"),
  ])
  func `a name is one harmless component`(given: String, safe: String) {
    #expect(name(given) == safe)
  }

  @Test(arguments: ["", "/", "//", "\\", "..", ".", "a/..", "...", "a/. "])
  func `what has no name is called by its digest`(given: String) {
    #expect(name(given) == String(Digest(hashing: [1]).hex.prefix(16)))
  }

  @Test func `a long name keeps its extension and its characters whole`() {
    let long = name(String(repeating: "ß", count: 300) + ".jpeg")
    #expect(long.utf8.count <= 180 && long.hasSuffix("ß.jpeg"))
    let other = name("a." + String(repeating: "b", count: 300))
    #expect(other.utf8.count == 180)
  }
}
