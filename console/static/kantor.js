// Asks before a page is left on which something was typed and not saved.
"use strict";

for (const form of document.querySelectorAll("[data-kind-form]")) {
  let changed = false;
  form.addEventListener("input", () => { changed = true; });
  form.addEventListener("submit", () => { changed = false; });
  window.addEventListener("beforeunload", (event) => { if (changed) event.preventDefault(); });
}
