"""A server that answers with given bytes and closes the connection, whatever that is for HTTP."""

import socket
import threading


class RawUpstream:
    """Answers every request with the same pieces; keeps what was sent to it."""

    def __init__(self, *pieces):
        self.pieces = [piece.encode() if isinstance(piece, str) else piece for piece in pieces]
        self.requests = []
        self.socket = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self.socket.getsockname()[1]}/v1"
        threading.Thread(target=self._accept, daemon=True).start()

    def _accept(self):
        while True:
            try:
                connection, _ = self.socket.accept()
            except OSError:
                return
            threading.Thread(target=self._answer, args=(connection,), daemon=True).start()

    def _answer(self, connection):
        with connection:
            request = b""
            while b"\r\n\r\n" not in request:
                piece = connection.recv(65536)
                if not piece:
                    return
                request += piece
            head, _, body = request.partition(b"\r\n\r\n")
            length = next(
                (int(line.split(b":")[1]) for line in head.split(b"\r\n") if line.lower().startswith(b"content-length:")), 0
            )
            while len(body) < length:
                body += connection.recv(65536)
            self.requests.append((head.decode(), body))
            key = next(
                (line.split(b" ")[-1] for line in head.split(b"\r\n") if line.lower().startswith(b"authorization:")), b""
            )
            for piece in self.pieces:
                connection.sendall(piece.replace(b"<KEY>", key))

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.socket.close()


HEAD = "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n"


def chunk(text):
    data = text.encode()
    return f"{len(data):x}\r\n".encode() + data + b"\r\n"


END = b"0\r\n\r\n"
