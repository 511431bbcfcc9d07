"""What a page weighs and how it behaves in a slow browser: bytes as they are sent compressed, the
number of requests, and what the browser itself says about painting, shifting and answering.
"""

from __future__ import annotations

import gzip
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from playwright.sync_api import Page, Response

# Chromium's own "Fast 4G": bits a second and the delay of each request.
FAST_4G = {
    "offline": False,
    "latency": 60,
    "downloadThroughput": 9_000_000 / 8,
    "uploadThroughput": 1_500_000 / 8,
}
SLOWER = 4
TEXTS = ("text/", "application/javascript", "image/svg", "application/json")

_WATCH = """
window.seen = {lcp: 0, cls: 0, inp: 0};
new PerformanceObserver((list) => {
  for (const entry of list.getEntries()) seen.lcp = entry.startTime;
}).observe({type: "largest-contentful-paint", buffered: true});
new PerformanceObserver((list) => {
  for (const entry of list.getEntries()) if (!entry.hadRecentInput) seen.cls += entry.value;
}).observe({type: "layout-shift", buffered: true});
new PerformanceObserver((list) => {
  for (const entry of list.getEntries()) seen.inp = Math.max(seen.inp, entry.duration);
}).observe({type: "event", durationThreshold: 16, buffered: true});
"""


@dataclass
class Weight:
    """Bytes over the wire by kind, and the number of requests of a first visit."""

    requests: list[str] = field(default_factory=list)
    sent: dict[str, int] = field(default_factory=dict)

    def of(self, *kinds: str) -> int:
        """Bytes of these kinds."""
        return sum(self.sent.get(kind, 0) for kind in kinds)

    @property
    def first(self) -> int:
        """Everything."""
        return sum(self.sent.values())

    @property
    def repeat(self) -> int:
        """What is asked for again: files have their content in their name and are kept."""
        return self.of("page")

    def line(self, name: str) -> str:
        """The figures in one line."""
        return (
            f"{name:<14} {len(self.requests):>2} requests, first {self.first / 1024:5.0f} KB, "
            f"repeat {self.repeat / 1024:4.0f} KB, JS {self.of('js') / 1024:3.0f} KB, "
            f"CSS {self.of('css') / 1024:3.0f} KB"
        )


def weigh(page: Page, url: str) -> Weight:
    """Load a page in a browser that has seen nothing yet."""
    weight = Weight()
    answers: list[Response] = []
    page.on("response", lambda answer: answers.append(answer))  # noqa: PLW0108  # Playwright marks its handlers
    page.goto(url, wait_until="networkidle")
    for answer in answers:
        if urlsplit(answer.url).scheme in ("http", "https"):
            weight.requests.append(urlsplit(answer.url).path)
            kind = _kind(answer)
            weight.sent[kind] = weight.sent.get(kind, 0) + _size(answer)
    return weight


def _kind(answer: Response) -> str:
    path = urlsplit(answer.url).path
    for kind in ("js", "css", "woff2", "svg"):
        if path.endswith(f".{kind}"):
            return kind
    return "page"


def _size(answer: Response) -> int:
    """As WhiteNoise and the middleware send it: texts compressed."""
    if not 200 <= answer.status < 300:
        return 0
    body = answer.body()
    is_text = answer.headers.get("content-type", "").startswith(TEXTS)
    return len(gzip.compress(body, 6)) if is_text else len(body)


def slow_down(page: Page) -> None:
    """Four times slower, on Fast 4G."""
    session = page.context.new_cdp_session(page)
    session.send("Emulation.setCPUThrottlingRate", {"rate": SLOWER})
    session.send("Network.enable")
    session.send("Network.emulateNetworkConditions", FAST_4G)


def behaviour(page: Page, url: str) -> dict[str, float]:
    """Largest paint (ms), layout shift and the slowest answer to a click (ms) of one visit."""
    page.add_init_script(_WATCH)
    page.goto(url, wait_until="networkidle")
    page.locator("h1").first.click()
    page.wait_for_timeout(300)
    found: dict[str, float] = page.evaluate("window.seen")
    return found
