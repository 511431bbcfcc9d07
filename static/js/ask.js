// The intake form while somebody types: saved on the server for those with an account, in this browser for guests.
// Nothing typed is lost: when the session has ended, the page stays as it is until they are back.

const form = document.querySelector("form[data-ask]");
const status = document.querySelector("[data-ask-saved]");
const ended = document.querySelector("[data-ask-ended]");
const offline = document.querySelector("[data-ask-offline]");
const DELAY = 800;

const meta = document.querySelector("meta[name=csrf-token]");

/** Signing in again, in another tab, ends the token that this page was drawn with. */
async function renewToken() {
  const answer = await fetch(location.href, { headers: { Accept: "text/html" } });
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  const fresh = page.querySelector("meta[name=csrf-token]");
  if (fresh) meta.content = fresh.content;
  const field = form.querySelector("[name=csrfmiddlewaretoken]");
  if (field && fresh) field.value = fresh.content;
}

function show(notice, isShown) {
  if (!notice || notice.hidden !== isShown) return;
  notice.hidden = !isShown;
  if (isShown) notice.scrollIntoView({ block: "nearest" });
}

// ---- On the server -------------------------------------------------------------------------------------------

let isEnded = false;

function send() {
  const body = new FormData(form);
  body.delete("csrfmiddlewaretoken"); // the header carries the one in force
  const headers = { "HX-Request": "true", "X-CSRFToken": meta.content };
  return fetch(form.dataset.save, { method: "POST", body, headers, redirect: "manual" });
}

/** Saves what is in the form: "saved", "ended" (no session any more), "offline" or "refused". */
async function save() {
  let answer;
  try {
    answer = await send();
    if (answer.status === 403) {
      await renewToken();
      answer = await send();
    }
  } catch {
    show(offline, true);
    return "offline";
  }
  show(offline, false);
  isEnded = answer.status === 401;
  show(ended, isEnded);
  if (answer.ok) status.textContent = await answer.text();
  return answer.ok ? "saved" : isEnded ? "ended" : "refused";
}

function autosave() {
  let timer = null;
  let isPassed = false;
  let isBusy = false;

  form.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(save, DELAY);
  });

  form.addEventListener("submit", async (event) => {
    clearTimeout(timer);
    if (isPassed) return;
    event.preventDefault();
    if (isBusy) return;
    isBusy = true;
    const outcome = await save();
    isBusy = false;
    if (outcome === "ended" || outcome === "offline") return;
    isPassed = true;
    form.requestSubmit(event.submitter);
  });

  // Back from signing in at another tab: what was typed meanwhile goes first.
  window.addEventListener("focus", () => isEnded && save());
  document.addEventListener("visibilitychange", () => isEnded && !document.hidden && save());
  window.addEventListener("pageshow", () => {
    isPassed = false;
  });

  // The suggestions beside the form must not lead away from it either.
  document.addEventListener("htmx:beforeOnLoad", (event) => {
    if (event.detail.xhr.status !== 401) return;
    event.preventDefault();
    isEnded = true;
    show(ended, true);
  });
}

// ---- In this browser -----------------------------------------------------------------------------------------

function stored(key) {
  try {
    return JSON.parse(localStorage.getItem(key) || "{}");
  } catch {
    return {};
  }
}

function keepHere(key) {
  const kept = stored(key);
  for (const field of form.elements) {
    const isText = field.matches("textarea, input[type=text], input[type=email]");
    if (isText && field.name && !field.value && kept[field.name]) field.value = kept[field.name];
  }
  form.addEventListener("input", (event) => {
    const { name, value, type } = event.target;
    if (!name || type === "hidden") return;
    try {
      localStorage.setItem(key, JSON.stringify({ ...stored(key), [name]: value }));
      status.textContent = "Kept in this browser";
    } catch {
      // Storage is switched off or full: the server keeps each page as it is sent.
    }
  });
}

function forgetHere(key) {
  try {
    localStorage.removeItem(key);
  } catch {
    // Storage is switched off: nothing is there.
  }
}

// ---- Start ---------------------------------------------------------------------------------------------------

if (form?.dataset.save) autosave();
if (form?.dataset.local) keepHere(form.dataset.local);
const sent = document.querySelector("[data-ask-sent]");
if (sent?.dataset.askSent) forgetHere(sent.dataset.askSent);
