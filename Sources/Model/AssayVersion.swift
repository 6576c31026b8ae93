/// The version of the program, as `assay --version`, requests and the contract report it.
package let assayVersion = "0.1.0"
