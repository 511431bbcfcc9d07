// The desk of the digest: how long the note is while it is typed. Everything else works without scripts.

function count(words) {
  return words === 1 ? "1 word" : `${words || "no"} words`;
}

document.addEventListener("input", (event) => {
  const shown = document.getElementById(event.target.dataset?.countWords ?? "");
  if (shown) shown.textContent = count((event.target.value.match(/\S+/g) || []).length);
});
