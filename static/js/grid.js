// The week's grid as a sheet: cells are saved as they are left, a block is pasted over many, nothing typed is lost.

const form = document.getElementById("grid");
const status = document.getElementById("grid-status");
const weeks = form.querySelector("[name=weeks]").value.split(" ");
const SAVE_AFTER_MS = 250;
const TIMEOUT_MS = 10000;

/** Per field: row, column, KPI, week, `was` (token of what stood there), `shown` (the same as text), state, why. */
const cells = new Map();
const rows = [...form.querySelectorAll("tr[data-kpi]")].map((row, r) => {
  const was = row.querySelector("[name^=was-]").value.split("|");
  const fields = [...row.querySelectorAll(".grid-cell")];
  fields.forEach((field, c) => {
    const shown = field.closest("td").dataset.state ? was[c].split("=")[1] || "" : field.defaultValue;
    cells.set(field, { r, c, kpi: Number(row.dataset.kpi), week: weeks[c], was: was[c] || "", shown, state: "" });
  });
  return fields;
});

let isEditing = false;
let timer = 0;
let inFlight = null;
const undoable = [];

const isOpen = (field) => field.value.trim() !== cells.get(field).shown.trim();
const openFields = () => [...cells.keys()].filter(isOpen);
const words = (amount, noun) => `${amount} ${noun}${amount === 1 ? "" : "s"}`;

function toast(text, options = {}) {
  document.dispatchEvent(new CustomEvent("homegrown:toast", { detail: { text, ...options } }));
}

// ---- What a cell shows ------------------------------------------------------------------------------------------

function mark(field, state, why = "", buttons = []) {
  const cell = field.closest("td");
  cells.get(field).state = state;
  if (state) cell.dataset.state = state;
  else delete cell.dataset.state;
  cell.querySelector(".grid-why")?.remove();
  field.removeAttribute("aria-describedby");
  field.toggleAttribute("aria-invalid", Boolean(why));
  if (!why) return;
  field.setAttribute("aria-invalid", "true");
  const reason = document.createElement("p");
  reason.className = "grid-why";
  reason.id = `${field.id}-why`;
  reason.textContent = why;
  for (const [label, act] of buttons) {
    const button = document.createElement("button");
    button.type = "button";
    button.className = "button button-small";
    button.textContent = label;
    button.addEventListener("click", act);
    reason.append(" ", button);
  }
  cell.append(reason);
  field.setAttribute("aria-describedby", reason.id);
}

/** Takes what stands on the server into a field; what was typed meanwhile stays. */
function take(field, answer, sent) {
  const cell = cells.get(field);
  const isUntouched = field.value === sent;
  cell.was = answer.was;
  cell.shown = answer.text;
  field.title = answer.title;
  if (isUntouched) field.value = answer.text;
  mark(field, isUntouched ? "saved" : "edited");
}

function explain(field, answer) {
  const cell = cells.get(field);
  if (answer.state !== "conflict") return mark(field, answer.state, answer.why);
  const keepTheirs = () => {
    take(field, answer, field.value);
    say("Theirs is kept.");
    field.focus();
  };
  const useMine = () => {
    cell.was = answer.was;
    cell.shown = answer.text;
    mark(field, "edited");
    field.focus();
    save();
  };
  return mark(field, "conflict", answer.why, [["Keep theirs", keepTheirs], ["Use mine", useMine]]);
}

// ---- What is said -----------------------------------------------------------------------------------------------

const undoButton = document.createElement("button");
undoButton.type = "button";
undoButton.className = "button button-quiet";
undoButton.textContent = "Undo";
undoButton.hidden = true;
undoButton.addEventListener("click", () => undo());
status.after(undoButton);

function say(text) {
  status.textContent = text;
  undoButton.hidden = undoable.length === 0;
}

function tell(answer) {
  const wrong = answer.cells.filter((one) => !["saved", "deleted", "same"].includes(one.state)).length;
  const parts = [answer.said || (wrong ? "" : "Nothing changed.")];
  if (wrong) parts.push(`${words(wrong, "cell")} not saved: the reason stands in each.`);
  say(parts.filter(Boolean).join(" "));
  if (answer.cells.length > 1 && answer.undo) {
    toast(parts.filter(Boolean).join(" "), { action: "Undo", onAction: () => undo(answer.undo) });
  }
}

// ---- Saving -----------------------------------------------------------------------------------------------------

function token() {
  const cookie = document.cookie.match(/(?:^|;\s*)(?:__Host-|__Secure-)?homegrown_csrf=([^;]+)/);
  return cookie ? decodeURIComponent(cookie[1]) : document.querySelector("meta[name=csrf-token]").content;
}

async function send(url, body) {
  const headers = {
    Accept: "application/json",
    "Content-Type": "application/json",
    "HX-Request": "true",
    "HX-Current-URL": location.href,
    "X-CSRFToken": token(), // of the cookie: signing in again in another tab has changed it
  };
  return fetch(url, { method: "POST", headers, body: JSON.stringify(body), signal: AbortSignal.timeout(TIMEOUT_MS) });
}

function saveSoon() {
  clearTimeout(timer);
  timer = setTimeout(save, SAVE_AFTER_MS);
}

/** Sends every cell that differs from what stands there; the one that is being typed only once it is left. */
async function save({ all = false } = {}) {
  clearTimeout(timer);
  if (inFlight) return inFlight.then(() => save({ all }));
  const isAsked = (field) => all || !(isEditing && field === document.activeElement);
  const isHeld = (field) => !all && ["wrong", "refused", "conflict"].includes(cells.get(field).state);
  const fields = openFields().filter((field) => isAsked(field) && !isHeld(field));
  if (fields.length === 0) return undefined;
  const sent = fields.map((field) => field.value);
  fields.forEach((field) => mark(field, "saving"));
  const body = fields.map((field, at) => {
    const { kpi, week, was } = cells.get(field);
    return { kpi, week, text: sent[at], was };
  });
  inFlight = post(fields, sent, { cells: body, whose: form.elements.whose?.value || "" });
  try {
    await inFlight;
  } finally {
    inFlight = null;
  }
  return undefined;
}

async function post(fields, sent, body) {
  let answer;
  try {
    answer = await send(form.dataset.save, body);
  } catch {
    return unsaved(fields, "Not saved: the server did not answer.");
  }
  if ([401, 403, 409].includes(answer.status)) return signedOut(fields, answer);
  if (!answer.ok) return unsaved(fields, "Not saved: something went wrong.");
  const result = await answer.json().catch(() => null);
  if (!result) return unsaved(fields, "Not saved: the answer could not be read.");
  result.cells.forEach((one, at) => {
    if (["saved", "deleted", "same"].includes(one.state)) take(fields[at], one, sent[at]);
    else explain(fields[at], one);
  });
  if (result.undo) undoable.push(result.undo);
  document.dispatchEvent(new CustomEvent("homegrown:toast-done", { detail: "unsaved" }));
  tell(result);
  if (fields.some((field) => cells.get(field).state === "edited")) saveSoon();
  return undefined;
}

function unsaved(fields, text) {
  fields.forEach((field) => mark(field, "unsaved"));
  say(`${text} ${words(fields.length, "cell")} still as typed.`);
  toast(`${text} What you typed is still here.`, {
    key: "unsaved",
    level: "error",
    action: "Retry",
    onAction: () => save({ all: true }),
  });
}

function signedOut(fields, answer) {
  fields.forEach((field) => mark(field, "unsaved"));
  const signIn = answer.headers.get("HX-Redirect") || location.href;
  const isOther = answer.status === 409;
  say(`Not saved: ${isOther ? "somebody else is signed in" : "your session has ended"}. What you typed is still here.`);
  const detail = { signIn, isOther, action: "Save again", onAction: () => save({ all: true }) };
  document.dispatchEvent(new CustomEvent("homegrown:session-ended", { detail }));
}

async function undo(url = undoable.at(-1)) {
  if (!url) return say("There is nothing to undo.");
  let answer;
  try {
    answer = await send(url, {});
  } catch {
    answer = { ok: false };
  }
  if (!answer.ok) return toast("Not taken back.", { level: "error", action: "Retry", onAction: () => undo(url) });
  const result = await answer.json();
  undoable.splice(undoable.indexOf(url), undoable.includes(url) ? 1 : 0);
  for (const one of result.cells) {
    const field = rows.flat().find((other) => cells.get(other).kpi === one.kpi && cells.get(other).week === one.week);
    if (field) take(field, one, field.value);
  }
  return say(result.said);
}

// ---- Moving -----------------------------------------------------------------------------------------------------

function go(r, c) {
  const field = rows[Math.min(Math.max(r, 0), rows.length - 1)]?.[Math.min(Math.max(c, 0), weeks.length - 1)];
  if (!field) return;
  field.focus();
  field.select();
}

function moves(event, { r, c }) {
  const ends = event.ctrlKey || event.metaKey;
  switch (event.key) {
    case "ArrowUp": return [ends ? 0 : r - 1, c];
    case "ArrowDown": return [ends ? rows.length : r + 1, c];
    case "ArrowLeft": return isEditing ? null : [r, ends ? 0 : c - 1];
    case "ArrowRight": return isEditing ? null : [r, ends ? weeks.length : c + 1];
    case "Enter": return [event.shiftKey ? r - 1 : r + 1, c];
    case "Home": return isEditing ? null : [ends ? 0 : r, 0];
    case "End": return isEditing ? null : [ends ? rows.length : r, weeks.length];
    case "PageUp": return [r - 10, c];
    case "PageDown": return [r + 10, c];
    default: return null;
  }
}

form.addEventListener("keydown", (event) => {
  const field = event.target;
  const cell = cells.get(field);
  if (!cell || event.isComposing || event.altKey) return;
  if (event.key === "Escape") {
    if (field.value !== cell.shown) event.preventDefault();
    field.value = cell.shown;
    isEditing = false;
    mark(field, "");
    field.select();
    return;
  }
  if (event.key === "F2") {
    isEditing = true;
    field.setSelectionRange(field.value.length, field.value.length);
    event.preventDefault();
    return;
  }
  if (event.key.toLowerCase() === "z" && (event.ctrlKey || event.metaKey) && !event.shiftKey && !isEditing) {
    event.preventDefault();
    undo();
    return;
  }
  const place = moves(event, cell);
  if (!place) return;
  event.preventDefault();
  const before = document.activeElement;
  go(...place);
  if (document.activeElement === before) leave(field); // Enter in the last row saves too
});

form.addEventListener("focusin", (event) => {
  if (!cells.has(event.target)) return;
  isEditing = false;
  event.target.select();
});

form.addEventListener("dblclick", () => {
  isEditing = true;
});

form.addEventListener("input", (event) => {
  if (!cells.has(event.target)) return;
  isEditing = true;
  mark(event.target, isOpen(event.target) ? "edited" : "");
});

function leave(field) {
  isEditing = false;
  if (!isOpen(field)) {
    if (["edited", "unsaved"].includes(cells.get(field).state)) mark(field, "");
    return;
  }
  saveSoon();
}

form.addEventListener("focusout", (event) => {
  if (cells.has(event.target)) leave(event.target);
});

form.addEventListener("submit", async (event) => {
  event.preventDefault();
  isEditing = false;
  if (openFields().length === 0) return say("Everything is saved.");
  return save({ all: true });
});

// ---- Pasting ----------------------------------------------------------------------------------------------------

/** The cells of a spreadsheet's clipboard: tabs and lines, quoted where a cell holds either. */
function block(text) {
  const found = [[""]];
  let isQuoted = false;
  for (let at = 0; at < text.length; at += 1) {
    const line = found.at(-1);
    const one = text[at];
    if (isQuoted && one === '"' && text[at + 1] === '"') {
      line[line.length - 1] += '"';
      at += 1;
    } else if (one === '"' && (isQuoted || line.at(-1) === "")) isQuoted = !isQuoted;
    else if (!isQuoted && one === "\t") line.push("");
    else if (!isQuoted && one === "\n") found.push([""]);
    else if (one !== "\r") line[line.length - 1] += one;
  }
  if (found.length > 1 && found.at(-1).join("") === "") found.pop();
  return found;
}

form.addEventListener("paste", (event) => {
  const cell = cells.get(event.target);
  const text = event.clipboardData?.getData("text/plain") || "";
  if (!cell || !/[\t\n]/.test(text.replace(/[\r\n]+$/, ""))) return;
  event.preventDefault();
  isEditing = false;
  let outside = 0;
  let inside = 0;
  block(text).forEach((line, down) => {
    line.forEach((value, right) => {
      if (value.trim() === "") return; // an empty cell of the block leaves what stands there
      const field = rows[cell.r + down]?.[cell.c + right];
      if (!field) {
        outside += 1;
        return;
      }
      field.value = value.trim();
      mark(field, isOpen(field) ? "edited" : "");
      inside += 1;
    });
  });
  const left = outside ? ` ${words(outside, "value")} lay beyond the edge of the grid and ${outside === 1 ? "is" : "are"} left out.` : "";
  say(`${words(inside, "value")} pasted.${left}`);
  if (left) toast(left.trim(), { level: "error" });
  save();
});

// ---- Start ------------------------------------------------------------------------------------------------------

// Where not all weeks fit, the newest one is where figures go.
form.querySelector(".grid-wrap").scrollLeft = form.querySelector(".grid-wrap").scrollWidth;

// ---- Leaving ----------------------------------------------------------------------------------------------------

addEventListener("beforeunload", (event) => {
  if (openFields().length) event.preventDefault();
});

// What was not saved by the form without scripts, or what the browser brought back, waits as it was typed.
for (const field of openFields()) if (!cells.get(field).state && !field.closest("td").dataset.state) mark(field, "edited");
