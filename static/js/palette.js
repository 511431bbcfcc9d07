// The palette: everything by name, without the mouse; and the list of keys. Without scripts the link in the header
// leads to the page of search.

const dialog = document.getElementById("palette");
const input = document.getElementById("palette-input");
const results = document.getElementById("palette-results");
const status = document.getElementById("palette-status");
let wanted = false; // Enter came before the answer did

export const singleKeys = () => document.querySelector("[data-single-keys]") !== null;

/** Whether whoever types is writing something, or another layer has the keys. */
export function isWriting(target) {
  return target.closest?.("input:not([type=checkbox], [type=radio]), textarea, select, [contenteditable], dialog") != null;
}

const options = () => [...results.querySelectorAll("[role=option]")];
const current = () => results.querySelector('[aria-selected="true"]');
const answered = () => results.firstElementChild?.dataset.q;
const asked = () => input.value.replace(/\s+/g, " ").trim();

function open() {
  if (dialog.open) return;
  dialog.showModal();
  input.value = "";
  wanted = false;
  show("");
  input.focus();
  input.dispatchEvent(new Event("palette:open"));
}

/** Empties the list; the words are for those who hear the page. */
function show(words) {
  results.replaceChildren();
  expand();
  status.textContent = words;
}

function expand() {
  input.setAttribute("aria-expanded", String(options().length > 0));
  input.removeAttribute("aria-activedescendant");
}

function choose(option) {
  current()?.setAttribute("aria-selected", "false");
  if (!option) return;
  option.setAttribute("aria-selected", "true");
  option.scrollIntoView({ block: "nearest" });
  input.setAttribute("aria-activedescendant", option.id);
}

function step(by) {
  const all = options();
  if (!all.length) return;
  const place = all.indexOf(current()) + by;
  choose(all[(place + all.length) % all.length]);
}

function go() {
  if (answered() !== asked()) wanted = true;
  else current()?.click();
}

const KEYS = {
  ArrowDown: () => step(1),
  ArrowUp: () => step(-1),
  Enter: go,
};

input?.addEventListener("keydown", (event) => {
  const action = KEYS[event.key];
  if (!action || event.isComposing || event.ctrlKey || event.metaKey || event.altKey) return;
  event.preventDefault();
  action();
});

/** What a key asks for wherever one is: "search", "shortcuts", or nothing. */
function asksFor(event) {
  const control = event.ctrlKey || event.metaKey;
  if (control && !event.shiftKey && event.key.toLowerCase() === "k") return "search";
  if (control || !singleKeys() || isWriting(event.target)) return "";
  if (event.key === "/") return "search";
  // The inbox has a list of its own on the page.
  return event.key === "?" && !document.getElementById("inbox-keys") ? "shortcuts" : "";
}

document.addEventListener("keydown", (event) => {
  if (!dialog || event.isComposing || event.altKey || event.defaultPrevented) return;
  const asked = asksFor(event);
  if (!asked) return;
  event.preventDefault();
  if (dialog.open) dialog.close();
  else if (!document.querySelector("dialog[open]")) (asked === "search" ? open : list)();
});

/** The keys of this page. */
function list() {
  document.getElementById("shortcuts").showModal();
}

document.addEventListener("click", (event) => {
  const plain = !(event.ctrlKey || event.metaKey || event.shiftKey || event.button);
  const closes = event.target.matches("dialog.palette, dialog.shortcuts") || event.target.closest("[data-dialog-close]");
  if (dialog && plain && event.target.closest("[data-palette-open]")) {
    event.preventDefault();
    open();
  } else if (event.target.closest("[data-shortcuts-open]")) {
    list();
  } else if (closes) {
    event.target.closest("dialog").close();
  }
});

// ---- Answers -------------------------------------------------------------------------------------------------

const isOurs = (event) => event.detail.target === results;

document.addEventListener("htmx:beforeSwap", (event) => {
  if (!isOurs(event)) return;
  const { requestConfig } = event.detail;
  const q = new URLSearchParams(requestConfig?.parameters ?? "").get("q") ?? "";
  if (q.replace(/\s+/g, " ").trim() !== asked()) event.detail.shouldSwap = false; // an older question
});

document.addEventListener("htmx:afterSwap", (event) => {
  if (!isOurs(event)) return;
  expand();
  choose(options()[0]);
  status.textContent = results.firstElementChild?.dataset.found ?? "";
  if (wanted && answered() === asked()) current()?.click();
  wanted = false;
});

for (const name of ["htmx:responseError", "htmx:sendError", "htmx:timeout"]) {
  document.addEventListener(name, (event) => {
    if (isOurs(event)) show("Search did not answer.");
  });
}
