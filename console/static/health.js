// The page of health turns red by itself: title and icon follow the part that is fetched anew, and
// it is fetched every minute, as a watch that has died tells no news. The page works without it.
"use strict";

(() => {
  const EVERY_MS = 60000;
  const part = document.querySelector("[data-health]");
  if (!part) return;

  function show() {
    const banner = part.querySelector("[data-level]");
    const level = banner ? banner.dataset.level : "baik";
    const mark = level === "gagal" ? part.dataset.markGagal
      : level === "perhatian" ? part.dataset.markPerhatian : "";
    document.title = `${mark} ${part.dataset.title}`.trim();
    const icon = document.querySelector('link[rel="icon"]');
    if (icon) icon.href = level === "gagal" ? part.dataset.iconGagal : part.dataset.icon;
  }

  document.addEventListener("tanya:renewed", (event) => {
    if (event.detail.part === part) show();
  });
  window.setInterval(() => {
    if (document.hidden) return;
    document.dispatchEvent(new CustomEvent("tanya:news", { detail: { kind: "health", id: "" } }));
  }, EVERY_MS);
  show();
})();
