import Foundation
import TestSupport
import Testing

/// What `assay serve` gives, and what it says when it gives less.
@Suite(.tags(.slow), .unlessFast) struct ServeTests {
  private let place: Workplace

  init() throws {
    place = try Workplace()
    let rows = (1...5).map { "{\"id\":\($0)}\n" }.joined()
    try place.write(rows, as: "runs.jsonl")
    try #require(try place.run("push", "runs", "runs.jsonl", "--key", "id").status == 0)
  }

  @Test func `rows that a server leaves out of a result are told, and are an error`() throws {
    let server = try ServerProcess(place.folder, "--query-rows", "3")
    let sql = "SELECT id FROM runs ORDER BY id"
    for limit in [[], ["--limit", "4"], ["--limit", "150000"], ["--format", "csv"]] {
      let cut = try place.run(all: ["query", sql, "--store", server.url] + limit)
      #expect(cut.status == 74, "\(limit)")
      #expect(cut.lines.count == (limit.contains("csv") ? 4 : 3))
      for word in ["first 3 rows", "--limit", "--query-rows"] {
        #expect(cut.error.contains(word), "\(cut.error)")
      }
    }
    let json = try place.run("query", sql, "--store", server.url, "--json")
    #expect(json.status == 74 && json.error.hasPrefix("{"), "\(json.error)")
    for (limit, count) in [("3", 3), ("2", 2)] {
      let asked = try place.run("query", sql, "--store", server.url, "--limit", limit)
      #expect(asked.status == 0 && asked.lines.count == count && asked.error.isEmpty)
    }
    let few = try place.run("query", sql + " LIMIT 3", "--store", server.url)
    #expect(few.status == 0 && few.lines.count == 3)
    #expect(try place.run("query", sql, "--limit", "2").status == 0)
  }

  @Test func `a port in use is named, and nothing else is said`() throws {
    let server = try ServerProcess(place.folder)
    let port = server.url.split(separator: ":").last.map(String.init) ?? ""
    let second = try place.run("serve", "--port", port, "--log-level", "warning")
    #expect(second.status == 74)
    #expect(second.error.contains("port \(port) is in use by another process"), "\(second.error)")
    #expect(second.error.split(separator: "\n").count == 1, "\(second.error)")
  }

  @Test func `SIGTERM ends a server while a query would go on for ever`() throws {
    let sql =
      "WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n) SELECT count(*) FROM n"
    // The query runs when the server has worked for half a second.
    let ended = try place.shell(
      """
      assay serve --port 0 --query-timeout 86400 > url 2> log & server=$!
      for i in $(seq 1200); do grep -q http url && break; sleep 0.05; done
      curl -sS -H 'Content-Type: application/json' -d '{"sql":"\(sql)"}' "$(cat url)/v1/query" > answer &
      for i in $(seq 1200); do
        [ "$(awk '{print $14 + $15}' /proc/$server/stat)" -gt 50 ] && break; sleep 0.05
      done
      kill -TERM $server
      timeout 100 tail --pid=$server -f /dev/null || kill -KILL $server
      wait $server; echo "$?"; cat answer
      """)
    #expect(ended.output.hasPrefix("0\n"), "\(ended.output)\(ended.error)")
    #expect(ended.output.contains("the server is shutting down"), "\(ended.output)")
  }

  @Test func `rows that come live are sealed when there are as many as was said`() throws {
    let server = try ServerProcess(place.folder, "--seal-rows", "1", "--seal-every", "86400")
    let send = "curl -sS -H 'Content-Type: application/json' -d"
    let url = server.url + "/v1/datasets"
    try place.shell("\(send) '{\"id\":5,\"ok\":true}' \(url)/runs/rows")
    let listed = try place.shell(
      "for i in $(seq 600); do curl -sS \(url)/runs/versions | grep -q '@2' && echo sealed && break;"
        + " sleep 0.1; done")
    #expect(listed.output == "sealed\n")
    let rows = try place.run("query", "SELECT count(*) AS n, max(ok) AS ok FROM runs")
    #expect(rows.output == "{\"n\":5,\"ok\":1}\n", "a row with a known key takes its place")
    let absent = try place.shell("curl -sS -w '%{http_code}' -X POST \(url)/nosuch/rows/seal")
    #expect(absent.output.hasSuffix("404"), "\(absent.output)")
    let nothing = try place.shell("curl -sS -X POST \(url)/runs/rows/seal")
    #expect(nothing.output == "{\"rows\":0}", "\(nothing.output)")
  }
}
