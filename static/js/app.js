// Behaviour shared by all pages. Everything here improves pages that work without it.

const root = document.documentElement;

/** Shows a toast: toasts.js listens. */
function toast(text, options = {}) {
  document.dispatchEvent(new CustomEvent("homegrown:toast", { detail: { text, ...options } }));
}

// ---- Colours -------------------------------------------------------------------------------------------------

function markThemeChoice() {
  for (const button of document.querySelectorAll("[data-theme-choice]")) {
    button.setAttribute("aria-pressed", String(button.dataset.themeChoice === (root.dataset.theme || "auto")));
  }
}

function remember(theme) {
  try {
    if (theme) localStorage.setItem("theme", theme);
    else localStorage.removeItem("theme");
  } catch {
    // Storage is switched off: the choice lasts for this page.
  }
}

document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-theme-choice]");
  if (!button) return;
  root.dataset.theme = button.dataset.themeChoice;
  remember(button.dataset.themeChoice);
  markThemeChoice();
});

// The profile's own choice, once saved, is meant for this device too.
document.addEventListener("submit", (event) => {
  if (event.target.querySelector("[name=theme]")) remember(null);
});

// ---- Forms ---------------------------------------------------------------------------------------------------

// It only waited for the password, which has been typed.
document.querySelector("[data-send-at-once]")?.requestSubmit();

// ---- Menus ---------------------------------------------------------------------------------------------------

const narrow = matchMedia("(width < 48rem)");

function foldNavigation() {
  for (const menu of document.querySelectorAll("[data-narrow-fold]")) {
    menu.open = !narrow.matches || isFiltered(menu);
    menu.dataset.ready = "";
  }
}

// What a list is filtered by is seen.
function isFiltered(menu) {
  const fields = [...menu.querySelectorAll(".filter-bar :is(input, select)")];
  return fields.some((field) => (field.type === "checkbox" ? field.checked : field.type !== "hidden" && field.value));
}

narrow.addEventListener("change", foldNavigation);

document.addEventListener("click", (event) => {
  for (const menu of document.querySelectorAll("[data-menu][open]")) {
    if (!menu.contains(event.target)) menu.open = false;
  }
});

document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  const menu = event.target.closest("[data-menu][open]");
  if (!menu) return;
  menu.open = false;
  menu.querySelector("summary").focus();
});

// ---- Requests ------------------------------------------------------------------------------------------------

/** Of the cookie, which signing in again in another tab has changed. */
function csrfToken() {
  const cookie = document.cookie.match(/(?:^|;\s*)(?:__Host-|__Secure-)?homegrown_csrf=([^;]+)/);
  const meta = document.querySelector("meta[name=csrf-token]");
  return cookie ? decodeURIComponent(cookie[1]) : meta ? meta.content : "";
}

document.addEventListener("htmx:configRequest", (event) => {
  const { verb, headers, parameters } = event.detail;
  if (verb === "get") return;
  headers["X-CSRFToken"] = csrfToken();
  if (parameters.csrfmiddlewaretoken !== undefined) parameters.csrfmiddlewaretoken = csrfToken();
});

/** A form that was open while its person signed in again carries the token of before. */
function renewToken(event) {
  const field = event.target.querySelector("input[name=csrfmiddlewaretoken]");
  if (field && csrfToken()) field.value = csrfToken();
}

document.addEventListener("submit", renewToken, { capture: true }); // before htmx reads the form

const waiting = new WeakMap();
let focusBefore = null;

document.addEventListener("htmx:beforeRequest", (event) => {
  const target = event.detail.target;
  if (document.activeElement !== document.body) focusBefore = document.activeElement;
  if (!target) return;
  target.setAttribute("aria-busy", "true");
  waiting.set(target, setTimeout(() => target.setAttribute("data-slow", ""), 300));
});

document.addEventListener("htmx:afterRequest", (event) => {
  const target = event.detail.target;
  // A button that was switched off while waiting has lost the focus; give it back unless the answer took it.
  setTimeout(() => {
    if (document.activeElement === document.body && focusBefore?.isConnected) focusBefore.focus();
  }, 60);
  if (!target) return;
  clearTimeout(waiting.get(target));
  target.removeAttribute("aria-busy");
  target.removeAttribute("data-slow");
});

/** What could not be done, with a way to do it again; what was typed is still there. */
function failed(event) {
  const { elt, requestConfig } = event.detail;
  const isWrite = requestConfig && requestConfig.verb !== "get";
  const form = elt.closest("form");
  toast(isWrite ? "Not saved. What you typed is still here." : "This did not load.", {
    level: "error",
    action: "Retry",
    onAction: () => (form && isWrite ? form.requestSubmit() : retry(elt, requestConfig)),
  });
}

function retry(elt, requestConfig) {
  if (!requestConfig || !elt.isConnected) return location.reload();
  return window.htmx.ajax(requestConfig.verb, requestConfig.path, { source: elt, values: requestConfig.parameters });
}

const isTyped = (field) =>
  field.type === "checkbox" || field.type === "radio"
    ? field.checked !== field.defaultChecked
    : !["hidden", "submit", "button", "search"].includes(field.type) && field.value !== (field.defaultValue ?? field.value);

/** Whether something stands in a form that would be lost with the page. */
function isSomethingTyped() {
  return [...document.querySelectorAll("form[method=post] :is(input, textarea), form[hx-post] :is(input, textarea)")].some(isTyped);
}

// No session any more: the page stays, with all that was typed, until its person is back.
document.addEventListener("homegrown:session-ended", (event) => {
  const { signIn, isOther, action, onAction } = event.detail;
  const why = isOther ? "Somebody else is signed in by now." : "Your session has ended.";
  const link = { url: signIn, text: "Sign in again" };
  toast(`${why} What you typed is still here.`, { key: "session", level: "error", link, action, onAction });
});

document.addEventListener("htmx:beforeOnLoad", (event) => {
  const { xhr, requestConfig, elt } = event.detail;
  const isOther = xhr.status === 409 && xhr.getResponseHeader("X-Homegrown-Person") === "another";
  if (xhr.status !== 401 && !isOther) return;
  const isWrite = requestConfig.verb !== "get";
  if (!isWrite && !isSomethingTyped()) return; // htmx follows HX-Redirect to the sign-in page
  event.preventDefault();
  const form = elt.closest("form");
  const submitter = requestConfig.triggeringEvent?.submitter;
  const again = () => (form && isWrite ? form.requestSubmit(submitter?.form === form ? submitter : null) : retry(elt, requestConfig));
  const signIn = xhr.getResponseHeader("HX-Redirect") || location.href;
  const detail = { signIn, isOther, action: isWrite ? "Send again" : "Retry", onAction: again };
  document.dispatchEvent(new CustomEvent("homegrown:session-ended", { detail }));
});

const REFUSALS = {
  403: "You may not do that.",
  404: "This is no longer here. Reload the page to see what is.",
  405: "This can't be done here.",
  413: "That is too large.",
  429: "That was a lot at once. Wait a minute, then retry.",
};

document.addEventListener("htmx:responseError", (event) => {
  if (event.detail.xhr.status === 401) return;
  const words = REFUSALS[event.detail.xhr.status];
  if (words) toast(words, { level: "error" });
  else failed(event);
});
document.addEventListener("htmx:sendError", failed);
document.addEventListener("htmx:timeout", failed);

// ---- After a swap --------------------------------------------------------------------------------------------

function focusOn(element) {
  if (!element.matches("a[href], button, input, select, textarea, [tabindex]")) element.tabIndex = -1;
  element.focus();
}

document.addEventListener("htmx:afterSettle", (event) => {
  const swapped = event.detail.elt;
  const wanted = swapped.matches?.("[data-focus]") ? swapped : swapped.querySelector?.("[data-focus]");
  if (wanted) focusOn(wanted);
  markThemeChoice();
});

// ---- Start ---------------------------------------------------------------------------------------------------

foldNavigation();
markThemeChoice();
const first = document.querySelector("main [data-focus]");
if (first) {
  focusOn(first);
  first.scrollIntoView({ block: "nearest" });
}
