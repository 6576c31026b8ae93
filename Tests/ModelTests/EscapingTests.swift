import Model
import Testing

@Suite struct EscapingTests {
  @Test func `markup in a value stays text`() {
    #expect(Escaping.markup("<b a='1'>&\u{1}\"") == "&lt;b a=&#39;1&#39;&gt;&amp;\u{FFFD}&quot;")
    #expect(Escaping.markdown("a|b\n*c*") == #"a\|b \*c\*"#)
  }
}
