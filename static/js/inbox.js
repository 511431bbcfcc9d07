// Keys of the inbox. Everything here improves pages that work without it.

const inbox = () => document.getElementById("inbox");
const listening = () => inbox()?.hasAttribute("data-single-keys");

/** Whether whoever types is writing something, or another control would take the key. */
function isWriting(target) {
  return target.closest("input:not([type=checkbox]), textarea, select, [contenteditable], dialog") !== null;
}

function current() {
  return inbox().querySelector(".inbox-line[data-current]");
}

/** Goes to another line of the list by its own link. */
function step(by) {
  const lines = [...inbox().querySelectorAll(".inbox-line")];
  const place = lines.indexOf(current());
  const link = lines[place < 0 ? 0 : place + by]?.querySelector(".inbox-link");
  if (!link) return;
  moved = true;
  link.click();
}

/** Opens the form of a key and puts the focus into its first field. */
function open(key) {
  const tool = inbox().querySelector(`[data-tool="${key}"]`);
  if (!tool) return false;
  if (tool.matches("details")) tool.open = true;
  const field = tool.querySelector("textarea, select, input:not([type=hidden])");
  if (!field) return false;
  field.focus();
  field.scrollIntoView({ block: "nearest" });
  return true;
}

function tick() {
  const box = current()?.querySelector("input[type=checkbox]");
  if (box) box.checked = !box.checked;
}

function showKeys() {
  const keys = document.getElementById("inbox-keys");
  keys.open = !keys.open;
  if (keys.open) {
    keys.querySelector("summary").focus();
    keys.scrollIntoView({ block: "nearest" });
  }
}

function read() {
  const title = document.getElementById("inbox-request");
  title?.focus();
  title?.scrollIntoView({ block: "nearest" });
}

const ACTIONS = {
  j: () => step(1),
  k: () => step(-1),
  x: tick,
  "?": showKeys,
};

document.addEventListener("keydown", (event) => {
  if (!inbox()) return;
  if (event.key === "Escape" && leave(event.target)) return;
  if (!listening() || event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
  if (isWriting(event.target)) return;
  if (event.key === "Enter" && event.target === document.body) {
    read();
    return;
  }
  const action = ACTIONS[event.key];
  if (action) {
    event.preventDefault();
    action();
  } else if (/^[uladis]$/.test(event.key) && open(event.key)) {
    event.preventDefault();
  }
});

/** Escape leaves a field and folds its form; what was typed stays in it. */
function leave(target) {
  const form = target.closest?.("#inbox .inbox-form");
  if (!form) return false;
  const tool = form.closest("details");
  if (tool) tool.open = false;
  if (tool) tool.querySelector("summary").focus();
  else target.blur();
  return true;
}

// ---- After a swap --------------------------------------------------------------------------------------------

let moved = false;
let sent = false;

document.addEventListener("htmx:beforeRequest", (event) => {
  if (event.detail.target?.id === "inbox" && event.detail.requestConfig.verb !== "get") sent = true;
});

document.addEventListener("htmx:afterSettle", (event) => {
  if (event.detail.target?.id !== "inbox" && event.detail.elt?.id !== "inbox") return;
  const wrong = inbox().querySelector(".inbox-form .error-summary");
  if (wrong) wrong.focus();
  else if (isWriting(document.activeElement)) return forget(); // a key came before the page settled
  else if (sent) read(); // the next one stands there now
  else if (moved) current()?.querySelector(".inbox-link")?.focus();
  if (moved || sent) current()?.scrollIntoView({ block: "nearest" });
  forget();
});

function forget() {
  moved = sent = false;
}
