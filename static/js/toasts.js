// News in the corner: told to screen readers, gone after a while unless it is an error, never gone while it is being read.

const STAYS_MS = 12000;
const UNDO_STAYS_MS = 20000;
const region = document.getElementById("toasts");

function close(toast) {
  const hadFocus = toast.contains(document.activeElement);
  toast.remove();
  if (hadFocus) document.getElementById("main")?.focus();
}

/** Starts the clock; a pointer over the toast or focus inside it stops it. */
function expire(toast) {
  if (toast.dataset.toast === "stay") return;
  const stays = toast.querySelector("form, [data-action]") ? UNDO_STAYS_MS : STAYS_MS;
  let timer;
  const start = () => {
    clearTimeout(timer);
    timer = setTimeout(() => close(toast), stays);
  };
  const stop = () => clearTimeout(timer);
  toast.addEventListener("mouseenter", stop);
  toast.addEventListener("focusin", stop);
  toast.addEventListener("mouseleave", start);
  toast.addEventListener("focusout", start);
  start();
}

/** A live region speaks only of what changes inside it: put the words in once the region is known. */
function announce(toast) {
  const words = toast.querySelector(".toast-text");
  const text = words.textContent;
  words.textContent = "";
  setTimeout(() => {
    words.textContent = text;
  }, 50);
}

function adopt(toast) {
  if (toast.dataset.adopted !== undefined) return;
  toast.dataset.adopted = "";
  announce(toast);
  expire(toast);
}

function build({ text, level = "success", key = "", link, action, onAction }) {
  const toast = document.createElement("div");
  toast.className = `toast toast-${level}`;
  toast.dataset.toast = level === "error" ? "stay" : "";
  toast.dataset.key = key;
  toast.setAttribute("role", level === "error" ? "alert" : "status");
  const words = document.createElement("p");
  words.className = "toast-text";
  words.textContent = text;
  toast.append(words);
  if (link) {
    const away = document.createElement("a");
    away.className = "toast-undo";
    away.href = link.url;
    away.target = "_blank";
    away.rel = "noopener";
    away.textContent = link.text;
    toast.append(away);
  }
  if (action) {
    const button = document.createElement("button");
    button.type = "button";
    button.className = "toast-undo";
    button.dataset.action = "";
    button.textContent = action;
    button.addEventListener("click", () => {
      close(toast);
      onAction();
    });
    toast.append(button);
  }
  const shut = document.createElement("button");
  shut.type = "button";
  shut.className = "toast-close";
  shut.dataset.closeToast = "";
  shut.setAttribute("aria-label", "Close");
  shut.textContent = "×";
  toast.append(shut);
  return toast;
}

if (region) {
  region.addEventListener("click", (event) => {
    const button = event.target.closest("[data-close-toast]");
    if (button) close(button.closest("[data-toast]"));
  });
  document.addEventListener("homegrown:toast", (event) => {
    // The same failure twice is one piece of news.
    const { text, key } = event.detail;
    for (const old of region.querySelectorAll("[data-toast]")) {
      if (old.querySelector(".toast-text").textContent === text || (key && old.dataset.key === key)) old.remove();
    }
    region.append(build(event.detail));
  });
  document.addEventListener("homegrown:toast-done", (event) => {
    region.querySelector(`[data-key="${event.detail}"]`)?.remove();
  });
  // An answer may ask for a toast with a header: HX-Trigger: {"toast": {"text": "…"}}
  document.addEventListener("toast", (event) => region.append(build(event.detail)));
  new MutationObserver(() => region.querySelectorAll("[data-toast]").forEach(adopt)).observe(region, { childList: true });
  region.querySelectorAll("[data-toast]").forEach(adopt);
}
