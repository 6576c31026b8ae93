import Foundation
import Glibc
import Model
import Objects
import TestSupport
import Testing

/// What is no file is named, and never waited for.
@Suite struct NoFileTests {
  private let directory: TemporaryDirectory
  private let disk: PosixDisk

  init() throws {
    directory = try TemporaryDirectory()
    disk = PosixDisk(root: directory.path)
    let path = directory.path
    let made = unsafe mkfifo(path + "/pipe", 0o600)
    try #require(made == 0)
    try FileManager.default.createDirectory(
      atPath: path + "/folder", withIntermediateDirectories: false)
    try FileManager.default.createSymbolicLink(
      atPath: path + "/loop", withDestinationPath: "loop")
    try FileManager.default.createSymbolicLink(
      atPath: path + "/device", withDestinationPath: "/dev/zero")
    let listener = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0)
    defer { close(listener) }
    var address = sockaddr_un()
    address.sun_family = sa_family_t(AF_UNIX)
    // A name relative to the folder could be too long; one that is linked there is not.
    let short = "/tmp/assay-\(getpid())-\(UInt32.random(in: 0 ... .max)).socket"
    let bytes = Array(short.utf8)
    unsafe withUnsafeMutableBytes(of: &address.sun_path) { unsafe $0.copyBytes(from: bytes) }
    let bound = unsafe withUnsafePointer(to: &address) { pointer in
      unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        unsafe bind(listener, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
      }
    }
    try #require(bound == 0)
    try FileManager.default.moveItem(atPath: short, toPath: path + "/socket")
  }

  @Test(arguments: ["pipe", "folder", "loop", "device", "socket"])
  func `it is not read`(_ name: String) throws {
    let error = #expect(throws: StoreError.self) { try disk.open(name) }
    #expect(error?.kind == .corrupt && error?.message.contains(name) == true)
  }

  @Test(arguments: ["pipe", "folder", "loop", "device", "socket"])
  func `it is not written`(_ name: String) throws {
    let error = #expect(throws: StoreError.self) { try disk.openExclusively(name) }
    #expect(error?.kind == .corrupt && error?.message.contains(name) == true)
  }

  @Test(arguments: ["pipe", "device", "socket"])
  func `it is no empty folder`(_ name: String) throws {
    let objects = LocalObjectStore(disk: disk)
    let error = #expect(throws: StoreError.self) { try objects.list(name + "/") }
    #expect(error?.kind == .corrupt && error?.message.contains(name) == true)
  }
}
