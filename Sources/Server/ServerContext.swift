import Access
package import Hummingbird
import Logging
import NIOCore
import Service

/// The facts about a request besides its bytes.
package struct ServerContext: RequestContext {
  package var coreContext: CoreRequestContextStorage
  /// The connection it came by.
  let channel: any Channel
  /// The client's name for it, or a new one.
  var requestID = ""
  var caller = Caller.local

  package init(source: ApplicationRequestContextSource) {
    coreContext = CoreRequestContextStorage(source: source)
    channel = source.channel
  }
}
