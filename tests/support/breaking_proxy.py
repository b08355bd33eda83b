"""A TCP proxy on a free loopback port that breaks its first connections after some bytes."""

import socket
import threading


class BreakingProxy:
    """`with BreakingProxy(port, [4000, 9000]) as proxy:` breaks the first connection after 4,000 bytes from
    the server, the second after 9,000, and lets the others be."""

    def __init__(self, port: int, breaks: list[int]) -> None:
        self.port_behind, self.breaks = port, list(breaks)
        self.connections = 0

    def __enter__(self):
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]
        threading.Thread(target=self.accept, daemon=True).start()
        return self

    def __exit__(self, *_):
        self.listener.close()

    def accept(self) -> None:
        while True:
            try:
                client, _ = self.listener.accept()
            except OSError:
                return
            self.connections += 1
            limit = self.breaks.pop(0) if self.breaks else None
            server = socket.create_connection(("127.0.0.1", self.port_behind))
            threading.Thread(target=self.copy, args=(client, server, None), daemon=True).start()
            threading.Thread(target=self.copy, args=(server, client, limit), daemon=True).start()

    @staticmethod
    def copy(source: socket.socket, target: socket.socket, limit: int | None) -> None:
        passed = 0
        try:
            while data := source.recv(4096):
                passed += len(data)
                if limit is not None and passed > limit:
                    break
                target.sendall(data)
        except OSError:
            pass
        for end in (source, target):
            try:
                end.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass
