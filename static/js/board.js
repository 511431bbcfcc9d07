// Moving cards on the board of opportunities with a pointer or the keyboard. Within its column a card
// moves at once; another column is a decision, so its form opens. Without scripts each card's menu does both.

const THRESHOLD = 5; // pixels before a press becomes a drag

let lifted = null; // { card, column, place, byPointer }
let press = null;
let telling = null;

const board = () => document.getElementById("board");
const columns = () => [...board().querySelectorAll("[data-column]")];
const cardsOf = (column) => [...column.querySelectorAll("[data-card]")];
const nameOf = (card) => card.querySelector("[data-lift]").textContent.trim();
const labelOf = (column) => column.querySelector(".board-title").textContent.trim();

/** Says something to whoever listens instead of looking. */
function tell(words) {
  const region = document.getElementById("board-live");
  clearTimeout(telling);
  region.textContent = "";
  telling = setTimeout(() => {
    region.textContent = words;
  }, 30);
}

function others(column) {
  return cardsOf(column).filter((card) => card !== lifted.card);
}

function placeWords() {
  const home = lifted.card.closest("[data-column]");
  if (lifted.column !== home) return `${labelOf(lifted.column)}: dropping here asks for the reason.`;
  return `${labelOf(home)}, ${lifted.place + 1} of ${others(home).length + 1}.`;
}

function clearMarks() {
  for (const marked of board().querySelectorAll("[data-drop]")) marked.removeAttribute("data-drop");
  for (const aimed of board().querySelectorAll("[data-aimed]")) aimed.removeAttribute("data-aimed");
}

/** Draws where the card would land. */
function show() {
  clearMarks();
  lifted.column.setAttribute("data-aimed", "");
  if (lifted.column !== lifted.card.closest("[data-column]")) return;
  const rest = others(lifted.column);
  if (!rest.length) return;
  if (lifted.place < rest.length) rest[lifted.place].dataset.drop = "before";
  else rest[rest.length - 1].dataset.drop = "after";
}

function lift(card, byPointer) {
  const column = card.closest("[data-column]");
  lifted = { card, column, place: cardsOf(column).indexOf(card), byPointer };
  card.setAttribute("data-lifted", "");
  if (byPointer) card.setAttribute("data-dragged", "");
  show();
  if (!byPointer) tell(`Lifted “${nameOf(card)}”. ${placeWords()}`);
}

function putBack() {
  lifted.card.removeAttribute("data-lifted");
  lifted.card.removeAttribute("data-dragged");
  clearMarks();
  lifted = null;
}

function cancel() {
  const name = nameOf(lifted.card);
  putBack();
  tell(`Put back “${name}”.`);
}

/** Sends the new place, or opens the form of the decision that another column is. */
function drop() {
  const { card, column, place } = lifted;
  const home = card.closest("[data-column]");
  const before = others(column)[place];
  const was = cardsOf(home).indexOf(card);
  const name = nameOf(card);
  putBack();
  if (column !== home) {
    const to = column.dataset.column;
    const decide = card.dataset.decide;
    location.assign(to === "undecided" ? decide.replace(/decide\/$/, "reopen/") : `${decide}?to=${to}`);
    return;
  }
  if (place === was) {
    tell(`Not moved: “${name}”.`);
    return;
  }
  const values = { before: before ? before.dataset.card : "" };
  window.htmx
    .ajax("POST", card.dataset.move, { source: card, target: "#board", swap: "outerHTML", values })
    .catch(() => {}) // app.js says that it was not saved
    .then(() => {
      document.querySelector(`#${card.id} [data-lift]`)?.focus({ preventScroll: true });
      tell(`Dropped “${name}”, ${place + 1} in ${labelOf(home)}.`);
    });
}

// ---- Keyboard ------------------------------------------------------------------------------------------------

function step(rows) {
  const most = lifted.column === lifted.card.closest("[data-column]") ? others(lifted.column).length : 0;
  lifted.place = Math.min(most, Math.max(0, lifted.place + rows));
}

function aside(columnsAway) {
  const all = columns();
  const next = all[all.indexOf(lifted.column) + columnsAway];
  if (!next) return;
  lifted.column = next;
  const home = lifted.card.closest("[data-column]");
  lifted.place = next === home ? cardsOf(home).indexOf(lifted.card) : 0;
}

const KEYS = { ArrowUp: () => step(-1), ArrowDown: () => step(1), ArrowLeft: () => aside(-1), ArrowRight: () => aside(1) };

document.addEventListener("keydown", (event) => {
  const link = event.target.closest?.("[data-lift]");
  if (!link || event.ctrlKey || event.metaKey || event.altKey) return;
  const card = link.closest("[data-card]");
  const isHeld = lifted && lifted.card === card;
  if (event.key === " " || (event.key === "Enter" && isHeld)) {
    event.preventDefault();
    if (isHeld) drop();
    else if (!event.repeat) lift(card, false);
  } else if (isHeld && event.key === "Escape") {
    event.preventDefault();
    cancel();
  } else if (isHeld && event.key in KEYS) {
    event.preventDefault();
    KEYS[event.key]();
    show();
    tell(placeWords());
  }
});

document.addEventListener("focusout", (event) => {
  if (lifted && !lifted.byPointer && event.target.closest("[data-card]") === lifted.card) cancel();
});

// ---- Pointer -------------------------------------------------------------------------------------------------

document.addEventListener("pointerdown", (event) => {
  const card = event.target.closest?.("[data-move]");
  if (!card || event.button !== 0 || !event.isPrimary || event.pointerType === "touch") return;
  if (event.target.closest("details")) return;
  press = { card, id: event.pointerId, x: event.clientX, y: event.clientY };
});

document.addEventListener("pointermove", (event) => {
  if (!press || event.pointerId !== press.id) return;
  if (!lifted) {
    if (Math.hypot(event.clientX - press.x, event.clientY - press.y) < THRESHOLD) return;
    lift(press.card, true);
    press.card.setPointerCapture(event.pointerId);
    getSelection()?.removeAllRanges();
  }
  aim(event.clientX, event.clientY);
});

/** The column below the pointer, and the place among its cards. */
function aim(x, y) {
  const column = columns().find((one) => {
    const box = one.getBoundingClientRect();
    return x >= box.left && x <= box.right && y >= box.top && y <= box.bottom;
  });
  if (!column) return;
  lifted.column = column;
  lifted.place = others(column).filter((card) => {
    const box = card.getBoundingClientRect();
    return box.top + box.height / 2 < y;
  }).length;
  show();
}

document.addEventListener("pointerup", (event) => {
  if (!press || event.pointerId !== press.id) return;
  press = null;
  if (!lifted?.byPointer) return;
  drop();
  // The click that follows a drag must not open anything.
  addEventListener("click", stop, { capture: true, once: true });
  setTimeout(() => removeEventListener("click", stop, { capture: true }), 0);
});

document.addEventListener("pointercancel", () => {
  press = null;
  if (lifted?.byPointer) cancel();
});

function stop(event) {
  event.preventDefault();
  event.stopPropagation();
}
