// A drop area round a plain file field: the browser's own field does the work, also without this.

const shown = new Intl.NumberFormat("en-GB", { maximumFractionDigits: 1 });

function size(bytes) {
  if (bytes < 1024) return `${bytes} bytes`;
  return bytes < 1024 ** 2 ? `${shown.format(bytes / 1024)} KB` : `${shown.format(bytes / 1024 ** 2)} MB`;
}

for (const area of document.querySelectorAll("[data-drop]")) {
  const field = area.querySelector("input[type=file]");
  const words = area.querySelector("[data-drop-chosen]");

  const tell = () => {
    const file = field.files[0];
    words.textContent = file ? `${file.name}, ${size(file.size)}` : "";
  };

  const over = (event) => {
    event.preventDefault();
    area.toggleAttribute("data-over", event.type === "dragover" || event.type === "dragenter");
  };

  field.addEventListener("change", tell);
  for (const kind of ["dragenter", "dragover", "dragleave"]) area.addEventListener(kind, over);
  area.addEventListener("drop", (event) => {
    over(event);
    if (!event.dataTransfer.files.length) return;
    const first = new DataTransfer();
    first.items.add(event.dataTransfer.files[0]);
    field.files = first.files;
    field.dispatchEvent(new Event("change", { bubbles: true }));
  });
  tell();
  area.dataset.ready = "";
}
