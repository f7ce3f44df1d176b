"""A hall of phones: 300 join a room, ask for news every two seconds and vote within half a minute; what each waits for.

`python -m bench.workshop [--phones 300] [--kill]`. One projector in headless Chromium says when its picture counts a
vote. `--kill` ends the server (SIGKILL) in the middle and starts it anew on the same port. Phones, browser and server
share this machine's cores. An answer counts as lost if it was acknowledged and is not in the database.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import random
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager

import httpx
import numpy as np
from playwright.sync_api import sync_playwright

from bench.driver import FLAGS, ROOT, free_port, healthy, resident_mb

ASKS_S, VOTING_S, JOINING_S = 2.0, 30.0, 20.0
WATCH = """() => { window.seen = []; const look = () => {
  const bold = [...document.querySelectorAll('[data-testid=stMarkdown] strong')];
  const people = Math.max(-1, ...bold.map(strong => Number(strong.textContent)).filter(Number.isInteger));
  const last = window.seen.at(-1);
  if (!last || last[1] !== people) window.seen.push([Date.now() / 1000, people]); };
  new MutationObserver(look).observe(document.body, {subtree: true, childList: true, characterData: true}); look(); }"""


class Server:
    """The app on a port, which can be killed and started anew."""

    def __init__(self, folder: str) -> None:
        self.port = free_port()
        self.env = os.environ | {"ZONE_LOCAL": folder, "ZONE_ROLE": "admin"}
        self.start()

    @property
    def host(self) -> str:
        """Where it listens."""
        return f"localhost:{self.port}"

    def start(self) -> None:
        """Start, and wait until it answers."""
        command = [sys.executable, "serve.py", "--server.port", str(self.port), "--server.headless", "true"]
        self.process = subprocess.Popen(
            command, cwd=ROOT, env=self.env, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        healthy(self.host)

    def kill(self) -> None:
        """End it as a power cut does."""
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()


async def phone(
    host: str, code: str, question: int, number: int, start: float, votes: list[tuple[float, float]]
) -> None:
    """One phone: joins, asks for news, votes, tries again until the vote is stored: when tapped, when stored."""
    dice = random.Random(number)
    async with httpx.AsyncClient(base_url=f"http://{host}", timeout=30) as client:
        await asyncio.sleep(max(0.0, start - JOINING_S + dice.uniform(0, JOINING_S) - time.time()))
        await _until(lambda: client.get(f"/join/{code}"))
        tap = start + dice.uniform(0, VOTING_S)
        await asyncio.sleep(dice.uniform(0, ASKS_S))
        while (left := tap - time.time()) > 0:
            await asyncio.sleep(min(left, ASKS_S))
            await _until(lambda: client.get(f"/join/{code}/now"))
        tapped, body = time.time(), {"question": question, "group": "", "value": [dice.choice("abc")]}
        await _until(lambda: client.post(f"/join/{code}/answer", json=body))
        votes.append((tapped, time.time()))
        while time.time() < start + VOTING_S + 3:
            await asyncio.sleep(ASKS_S)
            await _until(lambda: client.get(f"/join/{code}/now"))


async def _until(ask) -> httpx.Response:  # type: ignore[no-untyped-def]
    """Ask again every half second until the server answers well, as the phone's page does."""
    while True:
        try:
            reply: httpx.Response = await ask()
            if reply.status_code == 200:
                return reply
        except httpx.HTTPError:
            pass
        await asyncio.sleep(0.5)


@contextmanager
def room() -> Iterator[tuple[str, int]]:
    """A room with one question, in the database that the server uses."""
    from data import rights
    from data.store import rooms

    rights.set_actor_provider(lambda: rights.OWNER)
    code = rooms.open_room("berlin", "A hall", [])
    options = [("a", "Schools"), ("b", "Parks"), ("c", "Libraries")]
    yield code, rooms.add_question(code, "poll", "What first?", options)


def measure(phones: int, kills: bool) -> bool:
    """One run; prints a table; whether it is within its limits."""
    with tempfile.TemporaryDirectory() as folder:
        os.environ["ZONE_LOCAL"] = folder
        from data.store import rooms

        server = Server(folder)
        with room() as (code, question), sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=FLAGS)
            page = browser.new_page(viewport={"width": 1440, "height": 900})
            page.goto(f"http://{server.host}/workshop_screen?room={code}")
            page.get_by_text("have answered.").wait_for(timeout=60_000)
            page.evaluate(WATCH)
            votes: list[tuple[float, float]] = []
            start = time.time() + JOINING_S + 2

            async def hall() -> None:
                every = [
                    asyncio.create_task(phone(server.host, code, question, n, start, votes)) for n in range(phones)
                ]
                if kills:
                    await asyncio.sleep(max(0.0, start + VOTING_S / 2 - time.time()))
                    server.kill()
                    await asyncio.to_thread(server.start)
                await asyncio.gather(*every)

            _in_thread(hall, page)
            page.wait_for_timeout(2_000)
            seen = page.evaluate("() => window.seen")
            memory = resident_mb(server.process.pid)
            browser.close()
        is_good = report(votes, seen, rooms.count(question), phones, memory, kills)
        server.kill()
    return is_good


def _in_thread(hall, page) -> None:  # type: ignore[no-untyped-def]
    """Run the phones beside the browser, which must go on answering its own messages."""
    from threading import Thread

    crowd = Thread(target=lambda: asyncio.run(hall()))
    crowd.start()
    while crowd.is_alive():
        page.wait_for_timeout(100)


LIMIT_S = 1.0  # from tap to picture, 95 of 100


def report(
    votes: list[tuple[float, float]],
    seen: list[tuple[float, int]],
    stored: int,
    phones: int,
    memory: float,
    kills: bool,
) -> None:
    """Print what phones waited for, and whether a vote was lost."""
    votes = sorted(votes, key=lambda vote: vote[1])
    acknowledged = np.array([there - tapped for tapped, there in votes])
    pictures = [
        next((when for when, people in seen if people >= place and when >= tapped), np.nan) - tapped
        for place, (tapped, _there) in enumerate(votes, 1)
    ]
    print(f"{phones} phones, votes within {VOTING_S:.0f} s{', server killed in the middle' if kills else ''}:")
    for name, values in (("tap to stored", acknowledged), ("tap to picture", np.array(pictures))):
        known = values[np.isfinite(values)]
        print(f"  {name}: median {np.median(known):.2f} s, p95 {np.quantile(known, 0.95):.2f} s, of {len(known)}")
    print(f"  acknowledged {len(votes)}, in the database {stored}, lost {len(votes) - stored}; server {memory:.0f} MB")
    never = int(np.isnan(pictures).sum())
    late = np.quantile(np.nan_to_num(np.array(pictures), nan=np.inf), 0.95) > LIMIT_S
    print(f"  pictures that never came: {never}; limit of {LIMIT_S} s {'missed' if late else 'met'}")
    return len(votes) == stored == phones and not (late and not kills)


if __name__ == "__main__":
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--phones", type=int, default=300)
    options.add_argument("--kill", action="store_true")
    asked = options.parse_args()
    sys.exit(0 if measure(asked.phones, asked.kill) else 1)
