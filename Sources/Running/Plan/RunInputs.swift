package import Model
package import Providers

/// The rows that a run sends, column by column.
package struct RunInputs: Sendable {
  /// A column's cells as texts: texts as they are, everything else as JSON.
  package struct Column: Sendable {
    package let name: String
    package let isText: Bool
    package let cells: [String?]

    /// A column with all members.
    package init(name: String, isText: Bool, cells: [String?]) {
      self.name = name
      self.isText = isText
      self.cells = cells
    }
  }

  /// The item of each row.
  package let items: [String]
  package let columns: [Column]

  /// Rows with all members.
  package init(items: [String], columns: [Column]) {
    self.items = items
    self.columns = columns
  }

  func column(_ name: String) -> Column? { columns.first { $0.name.hasBytes(of: name) } }
}

/// An item with what is sent for it.
package struct RunItem: Sendable {
  package let id: String
  package let request: ChatRequest
  /// The text that was sent, without filler, or the messages as JSON.
  package let input: JSON
  /// The row of the inputs.
  package let row: Int
  /// The tokens of the filler before it; nil without.
  package let padding: Int?

  /// The same item behind filler, under a name that says so: `i1+8k`.
  fileprivate func padded(to tokens: Int) -> RunItem {
    let length = tokens.isMultiple(of: 1_024) ? "\(tokens / 1_024)k" : "\(tokens)"
    return RunItem(
      id: id + "+" + length, request: request.preceded(by: PromptFiller.text(words: tokens)),
      input: input, row: row, padding: tokens)
  }
}

extension RunDefinition {
  /// The columns of the inputs that its prompt reads.
  package var promptColumns: [String] {
    let own =
      switch prompt {
      case .column(let name): [name]
      case .template(let template): template.columns
      case .stored: [String]()
      }
    return own + (system?.columns ?? [])
  }

  /// The items with their requests.
  /// - Throws: ``StoreError``: `usage` for an item without a value that the prompt needs, and for
  ///   messages that are not ones; `invalid` for two rows of one item.
  package func items(_ inputs: RunInputs) throws(StoreError) -> [RunItem] {
    var known: Set<DataText> = []
    var items: [RunItem] = []
    for (row, id) in inputs.items.enumerated() {
      guard known.insert(DataText(id)).inserted else {
        throw StoreError(
          .invalid,
          "the item '\(id)' is in \(self.inputs) twice: name the key that tells them apart")
      }
      items.append(try item(id, row, inputs))
    }
    let plain = items
    for tokens in padding {
      for item in plain {
        let padded = item.padded(to: tokens)
        guard known.insert(DataText(padded.id)).inserted else {
          throw StoreError(
            .invalid, "the item '\(padded.id)' is in \(self.inputs) already: leave out pad_to")
        }
        items.append(padded)
      }
    }
    return items
  }

  private func item(_ id: String, _ row: Int, _ inputs: RunInputs) throws(StoreError) -> RunItem {
    var system: String?
    if let template = self.system { system = try filled(template, id, row, inputs) }
    let text: String
    var hasMessages = false
    switch prompt {
    case .template(let template): text = try filled(template, id, row, inputs)
    case .stored(let reference):
      throw StoreError(.usage, "the prompt \(reference) was not read before its items were made")
    case .column(let name):
      let column = inputs.column(name)
      guard let cell = column?.cells[row] else { throw missing(name, id) }
      text = cell
      hasMessages = column?.isText == false && cell.hasPrefix("[")
    }
    guard hasMessages || system != nil else {
      return RunItem(
        id: id, request: ChatRequest(prompt: text), input: .string(text), row: row, padding: nil)
    }
    var messages: [JSON] = system.map { [["role": "system", "content": .string($0)]] } ?? []
    if hasMessages {
      guard let list = try? JSON(parsing: Array(text.utf8), depth: 64), let all = list.array else {
        throw StoreError(.usage, "the messages of item '\(id)' are not JSON")
      }
      messages += all
    } else {
      messages.append(["role": "user", "content": .string(text)])
    }
    let json = JSON.array(messages)
    do throws(ProviderError) {
      return RunItem(
        id: id, request: try ChatRequest(["messages": json]),
        input: hasMessages ? json : .string(text), row: row, padding: nil)
    } catch {
      throw StoreError(.usage, "the item '\(id)' cannot be sent: \(error.message)")
    }
  }

  private func filled(
    _ template: PromptTemplate, _ id: String, _ row: Int, _ inputs: RunInputs
  ) throws(StoreError) -> String {
    do throws(MissingValue) {
      return try template.filled { inputs.column($0)?.cells[row] }.get()
    } catch {
      throw missing(error.column, id)
    }
  }

  private func missing(_ column: String, _ id: String) -> StoreError {
    StoreError(
      .usage,
      "the item '\(id)' of \(inputs) has no '\(column)', which the prompt needs; leave it out with "
        + "--where, or fill it")
  }
}
