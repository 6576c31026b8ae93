import Foundation
import Model

/// OpenAI's embeddings, of the text of the last message of a user.
///
/// https://platform.openai.com/docs/api-reference/embeddings
enum OpenAIEmbeddings {
  static func body(_ order: CallOrder) -> CallBody {
    CallBody(path: "/embeddings", prompt: "input", of: order)
  }

  /// A reader of embeddings.
  struct Reader: AnswerReader {
    private(set) var answer = Answer()
    private(set) var isComplete = false
    var isEnded: Bool { isComplete }

    mutating func take(_ event: ServerEvent) throws(ProviderError) -> Bool {
      throw ProviderError(.malformed, "embeddings came as a stream")
    }

    mutating func take(whole json: JSON) throws(ProviderError) {
      answer.modelReported = json["model"]?.string
      for item in json["data"]?.array ?? [] {
        let numbers = item["embedding"]?.array?.compactMap(\.double) ?? []
        guard !numbers.isEmpty, numbers.count == item["embedding"]?.array?.count else {
          throw ProviderError(
            .malformed, "the answer has an embedding that is no list of numbers")
        }
        answer.embeddings.append(numbers)
      }
      guard !answer.embeddings.isEmpty else {
        throw ProviderError(.malformed, "the answer has no embedding")
      }
      if let usage = json["usage"] { answer.usage = OpenAIChat.usage(usage) }
      answer.finishReason = .stop
      isComplete = true
    }
  }
}

/// OpenAI's images, made from the text of the last message of a user.
///
/// https://platform.openai.com/docs/api-reference/images
enum OpenAIImages {
  static func body(_ order: CallOrder) -> CallBody {
    CallBody(path: "/images/generations", prompt: "prompt", of: order)
  }

  /// A reader of images, in the answer itself or by URL.
  struct Reader: AnswerReader {
    private(set) var answer = Answer()
    private(set) var isComplete = false
    var isEnded: Bool { isComplete }

    mutating func take(_ event: ServerEvent) throws(ProviderError) -> Bool {
      throw ProviderError(.malformed, "images came as a stream")
    }

    mutating func take(whole json: JSON) throws(ProviderError) {
      let format = json["output_format"]?.string ?? "png"
      for item in json["data"]?.array ?? [] {
        if let text = item["b64_json"]?.string {
          answer.media.append(try Answer.Media(base64: text, "image/\(format)"))
        } else if let url = item["url"]?.string {
          answer.mediaURLs.append(url)
        }
        answer.text.add(item["revised_prompt"]?.string)
      }
      let images = answer.media.count + answer.mediaURLs.count
      guard images > 0 else { throw ProviderError(.malformed, "the answer has no image") }
      if let usage = json["usage"] { answer.usage = OpenAIChat.usage(usage) }
      answer.usage.images = images
      answer.finishReason = .stop
      isComplete = true
    }
  }
}

extension CallBody {
  /// The text of the last message of a user as the member `name`, beside the model and all
  /// parameters.
  fileprivate init(path: String, prompt name: String, of order: CallOrder) {
    var body: JSON.Object = [
      "model": .string(order.model), name: .string(order.request.prompt),
    ]
    for member in order.params.members where !member.value.isNull {
      body.append(member.name, member.value)
    }
    self.init(path: path, json: .object(body))
  }
}

extension Answer.Media {
  /// Media in Base64.
  /// - Throws: ``ProviderError`` of kind `malformed` for another text.
  init(base64 text: String, _ mediaType: String?) throws(ProviderError) {
    guard let data = Data(base64Encoded: text), !data.isEmpty else {
      throw ProviderError(.malformed, "the answer has media that are not in Base64")
    }
    self.init(mediaType: mediaType ?? "application/octet-stream", bytes: Array(data))
  }
}
