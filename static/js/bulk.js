// Ticks of a list for a change of many: one box ticks the page, and the button says how many.
// Without scripts the buttons below do the same.

const boxes = () => [...document.querySelectorAll('input[name="pick"][form="bulk"]')];

function show() {
  const holder = document.querySelector("[data-bulk-all]");
  if (!holder) return;
  const ticked = boxes().filter((box) => box.checked).length;
  const all = holder.querySelector("input");
  holder.hidden = false;
  all.checked = ticked > 0 && ticked === boxes().length;
  all.indeterminate = ticked > 0 && !all.checked;
  document.querySelector("[data-bulk-count]").textContent = ticked ? ` (${ticked})` : "";
}

document.addEventListener("change", (event) => {
  if (event.target.closest("[data-bulk-all]")) {
    for (const box of boxes()) box.checked = event.target.checked;
  }
  if (event.target.closest("[data-bulk-all]") || event.target.matches('input[name="pick"]')) show();
});

document.addEventListener("htmx:afterSettle", show);
window.addEventListener("pageshow", show);
show();
