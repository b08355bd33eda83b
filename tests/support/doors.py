"""People who leave and confirm, so many a second, while something long is going on.

Each request has an instant at which it is due, and its time counts from there: a door that is shut for a second
shows in everybody who came meanwhile, not only in the one who stood in front.
"""

import calendar
import http.client
import queue
import random
import threading
import time

import tokens

ONE_CLICK = b"List-Unsubscribe=One-Click"
# What is done, how often a second, and the status that it leads to.
VISITS = {"leave": (50, "left"), "confirm": (50, "confirmed"), "click": (20, "left")}
THREADS = 24


class Doors:
    def __init__(self, newsletter, seconds: float) -> None:
        """Puts as many people on the list as can come in so many seconds."""
        self.newsletter = newsletter
        self.counts = {kind: max(1, int(rate * seconds)) for kind, (rate, _) in VISITS.items()}
        self.answers: list[tuple[str, str, int, float, float]] = []  # kind, address, status, seconds, when it was due
        self.stopped = threading.Event()
        for kind in VISITS:
            path = newsletter.folder / f"{kind}.csv"
            path.write_text("email\n" + "".join(f"{address}\n" for address in self.people(kind)))
            pending = kind == "confirm"
            newsletter.run("-q", "subscribers", "import", str(path), "--status", "pending" if pending else "confirmed",
                           *(() if pending else ("--wording", "test people")), timeout=600)

    def people(self, kind: str) -> list[str]:
        return [f"{kind}{i}@example.org" for i in range(self.counts[kind])]

    def everybody(self) -> list[str]:
        return [address for kind in VISITS for address in self.people(kind)]

    def plan(self, service) -> list[tuple[float, str, str, str]]:
        """When, what, who, and the path."""
        folder = self.newsletter.folder
        ids = dict(service.rows("SELECT address_key, id FROM subscriber"))
        stamp = calendar.timegm(time.strptime(self.newsletter.now, "%Y-%m-%dT%H:%M:%SZ"))
        visits = []
        for kind, (rate, _) in VISITS.items():
            for i, address in enumerate(self.people(kind)):
                purpose, detail = (tokens.CONFIRM, stamp // 3600 + 24) if kind == "confirm" else (tokens.LEAVE, 0)
                token = tokens.make(folder, purpose, ids[address], detail)
                visits.append((i / rate, kind, address, f"/{'confirm' if kind == 'confirm' else 'leave'}/{token}"))
        return sorted(visits)

    def visit(self, service, visits: "queue.SimpleQueue", began: float) -> None:
        while not self.stopped.is_set():
            try:
                due, kind, address, path = visits.get_nowait()
            except queue.Empty:
                return
            self.stopped.wait(max(0.0, began + due - time.monotonic()))
            if self.stopped.is_set():
                return
            status = 0
            try:
                status = service.ask("POST", path, ONE_CLICK if kind == "click" else b"",
                                     {"Content-Type": "application/x-www-form-urlencoded"}).status
            except (OSError, http.client.HTTPException):
                pass
            self.answers.append((kind, address, status, time.monotonic() - began - due, due))

    def open(self, service):
        """Lets them come; close() ends it."""
        visits: queue.SimpleQueue = queue.SimpleQueue()
        for planned in self.plan(service):
            visits.put(planned)
        began = time.monotonic()
        self.threads = [threading.Thread(target=self.visit, args=(service, visits, began)) for _ in range(THREADS)]
        for thread in self.threads:
            thread.start()

    def await_all(self) -> None:
        for thread in self.threads:
            thread.join()

    def close(self) -> None:
        self.stopped.set()
        self.await_all()

    def lost(self, service) -> list[str]:
        """Who was answered 200 and is not as they wished."""
        status = dict(service.rows("SELECT address_key, status FROM subscriber"))
        return [address for kind, address, code, *_ in self.answers if code == 200 and status[address] != VISITS[kind][1]]


def write_list(path, count: int, others: list[str]) -> None:
    """So many lines of confirmed people; the others among them, as if an old export knew them, too."""
    chance = random.Random(7)
    places = {chance.randrange(count): address for address in others}
    with path.open("w") as out:
        out.write("email,name\n")
        for i in range(count):
            out.write(f"{places.get(i, f'reader{i}@example{i % 50}.example.org')},Reader {i}\n")
