import Foundation

/// The targets of `Package.swift`, as its text declares them.
struct Manifest {
  struct Target {
    let name: String
    /// `target`, `executableTarget`, `testTarget` or `systemLibrary`.
    let kind: String
    /// The folder of its sources, from the root of the package.
    let path: String
    /// Names of other targets and of products that it depends on.
    let dependencies: Set<String>
  }

  let targets: [Target]

  init(parsing text: String) {
    guard let start = text.range(of: "targets: [") else {
      targets = []
      return
    }
    let body = text[start.upperBound...]
    targets = body.matches(of: /\.(target|executableTarget|testTarget|systemLibrary)\(/).map {
      let declaration = Self.inside(body[$0.range.upperBound...], "(", ")")
      let name = Self.text(of: "name", in: declaration) ?? ""
      let kind = String($0.output.1)
      var dependencies: Set<String> = []
      if let list = declaration.range(of: "dependencies: [") {
        let items = Self.inside(declaration[list.upperBound...], "[", "]")
        let products = items.matches(of: /\.product\(\s*name: "(\w+)",\s*package: "[^"]*"\s*\)/)
        dependencies = Set(products.map { String($0.output.1) })
        let rest = items.replacing(/\.product\([^)]*\)/, with: "")
        dependencies.formUnion(rest.matches(of: /"(\w+)"/).map { String($0.output.1) })
      }
      let folder = (kind == "testTarget" ? "Tests/" : "Sources/") + name
      return Target(
        name: name, kind: kind, path: Self.text(of: "path", in: declaration) ?? folder,
        dependencies: dependencies)
    }
  }

  /// The text up to the bracket that closes one opened before it.
  private static func inside(_ text: Substring, _ open: Character, _ close: Character) -> Substring
  {
    var depth = 1
    for index in text.indices {
      if text[index] == open { depth += 1 }
      if text[index] == close { depth -= 1 }
      if depth == 0 { return text[..<index] }
    }
    return text
  }

  private static func text(of label: String, in declaration: Substring) -> String? {
    guard let start = declaration.range(of: "\(label): \"") else { return nil }
    return String(declaration[start.upperBound...].prefix { $0 != "\"" })
  }
}
