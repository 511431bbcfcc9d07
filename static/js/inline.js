// Fields changed where they stand: Enter saves, Esc leaves, the focus goes into the field and comes back.
// Without scripts each has a page of its own.

document.addEventListener("keydown", (event) => {
  const form = event.target.closest?.("form[data-inline]");
  if (!form || event.isComposing) return;
  if (event.key === "Escape") {
    event.preventDefault();
    form.querySelector("[data-leave]").click();
  }
  // A list of choices takes Enter for itself; here it means the same as in a text field.
  if (event.key === "Enter" && event.target.matches("select")) {
    event.preventDefault();
    form.requestSubmit();
  }
});

// Where the whole page is loaded again, the focus comes back to the field after that.
const PLACE = "homegrown-inline";

// Where a whole line of a list comes back, too; and its tick stays.
let saved = "";
let wasTicked = false;
let stillOpen = [];

document.addEventListener("submit", (event) => {
  if (!event.target.matches("form[data-inline]")) return;
  saved = event.target.id;
  wasTicked = Boolean(event.target.closest("tr")?.querySelector(".bulk-tick:checked"));
  if (event.target.matches("form[data-refresh]")) sessionStorage.setItem(PLACE, event.target.id);
});

const place = sessionStorage.getItem(PLACE);
if (place) {
  sessionStorage.removeItem(PLACE);
  document.getElementById(place)?.querySelector(".inline-edit")?.focus();
}

// What is being typed in other fields of the line moves on into the new one.
document.addEventListener("htmx:beforeSwap", (event) => {
  const line = event.detail.target;
  if (!line.matches?.("tr")) return;
  stillOpen = [...line.querySelectorAll("form[data-inline]")].filter((form) => form.id !== saved);
  for (const form of stillOpen) form.remove();
});

document.addEventListener("htmx:afterSettle", (event) => {
  const swapped = event.detail.elt;
  const field = swapped.matches?.("tr") ? swapped.querySelector(`[id="${saved}"]`) : null;
  if (field) {
    const tick = swapped.querySelector(".bulk-tick");
    if (tick) tick.checked = wasTicked;
    for (const form of stillOpen.splice(0)) swapped.querySelector(`[id="${form.id}"]`)?.replaceWith(form);
    field.querySelector(".inline-edit")?.focus();
  }
  if (swapped.matches?.("span.inline")) swapped.querySelector(".inline-edit")?.focus();
  if (!swapped.matches?.("form[data-inline]")) return;
  sessionStorage.removeItem(PLACE);
  const input = swapped.querySelector("[aria-invalid=true], input:not([type=hidden]), select, textarea");
  input?.focus();
  input?.select?.();
});
