// Moving people on the map with a pointer or the keyboard. Everything here improves pages that work without it.

const STEP = 5;
const THRESHOLD = 4; // pixels before a press becomes a drag

const middle = 50;
const clamp = (value) => Math.min(100, Math.max(0, Math.round(value)));
const high = (value) => Math.max(value, 100 - value);
const low = (value) => Math.min(value, 100 - value, middle - 1);

let lifted = null; // { dot, involvement, power, byPointer }
let press = null;
let telling = null;

const map = () => document.getElementById("map");
const shown = (dot) => dot.getClientRects().length > 0;

/** Says something to whoever listens instead of looking. */
function tell(words) {
  const region = document.getElementById("map-live");
  const reading = map()?.querySelector("[data-map-reading]");
  if (reading) reading.textContent = words;
  clearTimeout(telling);
  region.textContent = "";
  telling = setTimeout(() => {
    region.textContent = words;
  }, 30);
}

function zoneKey(involvement, power) {
  if (power >= middle) return involvement >= middle ? "together" : "satisfied";
  return involvement >= middle ? "involved" : "informed";
}

const zoneWords = (key) => map().getAttribute(`data-zone-${key}`);

function placeWords(name, involvement, power) {
  return `${name}, involvement ${involvement}, power ${power}, ${zoneWords(zoneKey(involvement, power))}`;
}

function scaleOf(dot) {
  const { left, top, width, height } = dot.ownerSVGElement.dataset;
  return { left: +left, top: +top, width: +width, height: +height };
}

/** Draws the dot at a place, with lines to the scales, and lights the zone up. */
function show(dot, involvement, power) {
  const { left, top, width, height } = scaleOf(dot);
  const x = left + (width * involvement) / 100;
  const y = top + (height * (100 - power)) / 100;
  dot.setAttribute("transform", `translate(${x} ${y})`);
  const svg = dot.ownerSVGElement;
  svg.querySelector(".map-aim").setAttribute("d", `M${left} ${y}H${x}M${x} ${top + height}V${y}`);
  const key = zoneKey(involvement, power);
  for (const zone of svg.querySelectorAll(".zone")) zone.toggleAttribute("data-aimed", zone.dataset.zone === key);
}

/** Puts the dot back where the server drew it. */
function putBack(dot) {
  dot.classList.remove("is-lifted");
  dot.setAttribute("aria-pressed", "false");
  dot.setAttribute("transform", `translate(${dot.dataset.x} ${dot.dataset.y})`);
  const svg = dot.ownerSVGElement;
  svg.querySelector(".map-aim").setAttribute("d", "");
  for (const zone of svg.querySelectorAll("[data-aimed]")) zone.removeAttribute("data-aimed");
  for (const name of svg.querySelectorAll(`[data-of="${dot.dataset.key}"]`)) name.removeAttribute("visibility");
}

function lift(dot, byPointer) {
  if (dot.hasAttribute("data-pinned")) {
    tell(`${dot.dataset.name} is pinned and can't be moved.`);
    return false;
  }
  lifted = { dot, involvement: +dot.dataset.involvement, power: +dot.dataset.power, byPointer };
  dot.classList.add("is-lifted");
  dot.setAttribute("aria-pressed", "true");
  for (const name of dot.ownerSVGElement.querySelectorAll(`[data-of="${dot.dataset.key}"]`)) name.setAttribute("visibility", "hidden");
  if (!byPointer) {
    show(dot, lifted.involvement, lifted.power);
    tell(`Lifted. ${placeWords(dot.dataset.name, lifted.involvement, lifted.power)}.`);
  }
  return true;
}

function moveTo(involvement, power) {
  lifted.involvement = clamp(involvement);
  lifted.power = clamp(power);
  show(lifted.dot, lifted.involvement, lifted.power);
  tell(placeWords(lifted.dot.dataset.name, lifted.involvement, lifted.power));
}

function cancel() {
  const { dot } = lifted;
  lifted = null;
  putBack(dot);
  tell(`Put back. ${placeWords(dot.dataset.name, dot.dataset.involvement, dot.dataset.power)}.`);
}

/** Sends the new place; the answer is the map as it stands then, whoever was faster. */
function drop() {
  const { dot, involvement, power, byPointer } = lifted;
  lifted = null;
  if (involvement === +dot.dataset.involvement && power === +dot.dataset.power) {
    putBack(dot);
    tell(`Not moved. ${placeWords(dot.dataset.name, involvement, power)}.`);
    if (!byPointer) choose(dot);
    return;
  }
  const values = { involvement, power, version: dot.dataset.version };
  const words = placeWords(dot.dataset.name, involvement, power);
  dot.focus();
  window.htmx
    .ajax("POST", dot.dataset.move, { source: dot, target: "#map", swap: "outerHTML", values })
    .catch(() => {}) // app.js says that it was not saved
    .then(() => {
      if (dot.isConnected) putBack(dot);
      else returnTo(dot.id, words);
    });
}

function returnTo(id, words) {
  const moved = document.getElementById(id);
  const was = map().querySelector("[role=alert]");
  if (was) tell(was.textContent.trim());
  else tell(`Dropped. ${words}.`);
  if (moved && shown(moved)) moved.focus({ preventScroll: true });
}

function choose(dot) {
  window.htmx.ajax("GET", dot.getAttribute("href"), { source: dot, target: "#map", swap: "outerHTML" }).catch(() => {});
}

// ---- Keyboard ------------------------------------------------------------------------------------------------

const KEYS = {
  ArrowLeft: (at, step) => [at.involvement - step, at.power],
  ArrowRight: (at, step) => [at.involvement + step, at.power],
  ArrowUp: (at, step) => [at.involvement, at.power + step],
  ArrowDown: (at, step) => [at.involvement, at.power - step],
  Home: (at) => [low(at.involvement), at.power],
  End: (at) => [high(at.involvement), at.power],
  PageUp: (at) => [at.involvement, high(at.power)],
  PageDown: (at) => [at.involvement, low(at.power)],
};

document.addEventListener("keydown", (event) => {
  const dot = event.target.closest?.(".dot");
  if (!dot || event.ctrlKey || event.metaKey || event.altKey) return;
  const isHeld = lifted && lifted.dot === dot;
  if (event.key === "Enter" || event.key === " ") {
    event.preventDefault();
    if (isHeld) drop();
    else if (!event.repeat) lift(dot, false);
  } else if (isHeld && event.key === "Escape") {
    event.preventDefault();
    cancel();
  } else if (isHeld && event.key in KEYS) {
    event.preventDefault();
    moveTo(...KEYS[event.key](lifted, event.shiftKey ? 1 : STEP));
  }
});

document.addEventListener("focusout", (event) => {
  if (lifted && !lifted.byPointer && event.target === lifted.dot) cancel();
});

// ---- Pointer -------------------------------------------------------------------------------------------------

function spotOf(event, svg) {
  return new DOMPoint(event.clientX, event.clientY).matrixTransform(svg.getScreenCTM().inverse());
}

document.addEventListener("pointerdown", (event) => {
  const dot = event.target.closest?.(".dot");
  if (!dot || event.button !== 0 || !event.isPrimary) return;
  const spot = spotOf(event, dot.ownerSVGElement);
  press = { dot, id: event.pointerId, x: event.clientX, y: event.clientY, dx: +dot.dataset.x - spot.x, dy: +dot.dataset.y - spot.y };
});

document.addEventListener("pointermove", (event) => {
  if (!press || event.pointerId !== press.id) return;
  const { dot } = press;
  if (!lifted) {
    if (Math.hypot(event.clientX - press.x, event.clientY - press.y) < THRESHOLD) return;
    if (!lift(dot, true)) {
      press = null;
      return;
    }
    dot.setPointerCapture(event.pointerId);
  }
  const { left, top, width, height } = scaleOf(dot);
  const spot = spotOf(event, dot.ownerSVGElement);
  const x = ((spot.x + press.dx - left) / width) * 100;
  moveTo(x, 100 - ((spot.y + press.dy - top) / height) * 100);
});

document.addEventListener("pointerup", (event) => {
  if (!press || event.pointerId !== press.id) return;
  const wasDragged = lifted?.byPointer;
  press = null;
  if (!wasDragged) return;
  drop();
  // The click that follows a drag must not open anything.
  addEventListener("click", stop, { capture: true, once: true });
  setTimeout(() => removeEventListener("click", stop, { capture: true }), 0);
});

document.addEventListener("pointercancel", () => {
  press = null;
  if (lifted?.byPointer) cancel();
});

document.addEventListener("dragstart", (event) => {
  if (event.target.closest?.(".dot")) event.preventDefault(); // links are draggable by themselves
});

function stop(event) {
  event.preventDefault();
  event.stopPropagation();
}

document.addEventListener("click", (event) => {
  const dot = event.target.closest?.(".dot");
  if (!dot || event.ctrlKey || event.metaKey || event.shiftKey) return;
  event.preventDefault();
  if (!lifted) choose(dot);
});

// ---- Start, and after every swap -----------------------------------------------------------------------------

/** With scripts a dot is lifted rather than followed, and says so. */
function prepare() {
  const root = map();
  if (!root || "ready" in root.dataset) return;
  for (const dot of root.querySelectorAll(".dot")) {
    dot.setAttribute("role", "button");
    dot.setAttribute("aria-pressed", "false");
  }
  root.dataset.ready = "";
}

document.addEventListener("htmx:afterSettle", prepare);
prepare();
