// Lists: the height of rows without loading the page again, and links to copy.

const root = document.documentElement;

function toast(text, options = {}) {
  document.dispatchEvent(new CustomEvent("homegrown:toast", { detail: { text, ...options } }));
}

function show(density) {
  root.dataset.density = density;
  for (const button of document.querySelectorAll("[data-density-form] [name=density]")) {
    button.setAttribute("aria-pressed", String(button.value === density));
  }
}

document.addEventListener("submit", async (event) => {
  const form = event.target.closest("[data-density-form]");
  if (!form || !event.submitter) return;
  event.preventDefault();
  const before = root.dataset.density;
  show(event.submitter.value);
  try {
    const answer = await fetch(form.action, {
      method: "POST",
      body: new FormData(form, event.submitter),
      redirect: "manual",
      keepalive: true, // whoever goes on at once has chosen all the same
    });
    if (!answer.ok && answer.type !== "opaqueredirect") throw new Error(String(answer.status));
  } catch {
    show(before);
    toast("The height of rows is not saved. Try again.", { level: "error" });
  }
});

for (const button of document.querySelectorAll("[data-copy]")) button.hidden = !navigator.clipboard;

document.addEventListener("click", async (event) => {
  const button = event.target.closest("[data-copy]");
  if (!button) return;
  try {
    await navigator.clipboard.writeText(new URL(button.dataset.copy, location.href).href);
    toast("The link is copied.");
  } catch {
    toast("The link can't be copied here.", { level: "error" });
  }
});
