import Dispatch
import Model
import Platform
import Synchronization
import Testing

/// Work that is shared out over all cores.
@Suite struct ParallelTests {
  @Test(arguments: [0, 1, 2, 7, 1_000])
  func `results come in the order of their numbers, each made once`(count: Int) throws {
    let calls = Mutex<[Int]>([])
    let results = try parallelMap(count: count) { number throws(StoreError) in
      calls.withLock { $0.append(number) }
      return number * number
    }
    #expect(results == (0..<count).map { $0 * $0 })
    #expect(calls.withLock { $0.sorted() } == Array(0..<count))
  }

  @Test func `a call goes on where other calls hold all threads`() throws {
    // Each of these waits for the last one, which finds no free thread.
    let end = CancellationFlag()
    let calls = DispatchGroup()
    for _ in 0..<200 {
      DispatchQueue.global(qos: .userInitiated).async(group: calls) {
        // A thread that waits would make room for another one.
        while !end.isSet {}
      }
    }
    let results = try parallelMap(count: 8) { number throws(StoreError) in number }
    #expect(results == Array(0..<8))
    end.set()
    calls.wait()
  }

  @Test func `all threads see that a call is not waited for any more, and begin no number`() {
    let flag = CancellationFlag()
    let begun = Atomic(0)
    let seen = Atomic(0)
    let error = #expect(throws: StoreError.self) {
      try CancellationFlag.$current.withValue(flag) {
        _ = try parallelMap(count: 10_000) { _ throws(StoreError) in
          begun.add(1, ordering: .relaxed)
          flag.set()
          if CancellationFlag.isSetHere { seen.add(1, ordering: .relaxed) }
        }
      }
    }
    #expect(error?.detail == .requestLimit && !CancellationFlag.isSetHere)
    // One for each thread at most.
    #expect(begun.load(ordering: .relaxed) < 10_000)
    #expect(seen.load(ordering: .relaxed) == begun.load(ordering: .relaxed))
  }

  @Test func `of several errors the one of the lowest number is thrown`() {
    for _ in 0..<20 {
      let error = #expect(throws: StoreError.self) {
        try parallelMap(count: 100) { number throws(StoreError) in
          if number >= 40 { throw StoreError(.invalid, "\(number)") }
        }
      }
      #expect(error?.message == "40")
    }
  }

  @Test func `a worker keeps its state from one number to the next`() throws {
    let made = Atomic(0)
    let seen = try parallelMap(count: 500) { () throws(StoreError) in
      made.add(1, ordering: .relaxed)
      return 0
    } _: { (state: inout Int, _) throws(StoreError) in
      state += 1
      return state
    }
    let workers = made.load(ordering: .relaxed)
    #expect(workers >= 1 && workers < 500)
    // Each worker counts from 1 without a gap, so as many results are 1 as workers had one to do.
    #expect(seen.count { $0 == 1 } <= workers && seen.contains(1))
    let highest = try #require(seen.max())
    #expect((1...highest).allSatisfy { seen.contains($0) })
  }

  @Test func `a state that cannot be made is an error`() {
    let error = #expect(throws: StoreError.self) {
      try parallelMap(count: 3) { () throws(StoreError) -> Int in
        throw StoreError(.exhausted, "no memory")
      } _: { (_: inout Int, number) throws(StoreError) in
        number
      }
    }
    #expect(error?.kind == .exhausted)
  }

  @Test func `a worker that cannot make its state loses no result in silence`() throws {
    for _ in 0..<300 {
      let made = Atomic(0)
      do throws(StoreError) {
        let results = try parallelMap(count: 40) { () throws(StoreError) in
          guard made.add(1, ordering: .relaxed).newValue == 1 else {
            throw StoreError(.exhausted, "no memory")
          }
        } _: { (_: inout Void, number) throws(StoreError) in
          number
        }
        #expect(results == Array(0..<40) && made.load(ordering: .relaxed) == 1)
      } catch {
        #expect(error.kind == .exhausted)
      }
    }
  }
}
