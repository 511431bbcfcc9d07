// Runs before the first paint: a colour choice made on this device wins over the one in the profile.
(() => {
  try {
    const chosen = localStorage.getItem("theme");
    if (["auto", "light", "dark"].includes(chosen)) {
      document.documentElement.dataset.theme = chosen;
    }
  } catch {
    // Storage is switched off: the profile's choice stands.
  }
})();
