// Keeps the training and the swap of the model up to date while the page is open.
// Without it the page renews itself as a whole while a training runs.
"use strict";

(() => {
  const place = document.querySelector("[data-model-live-url]");
  if (!place) return;
  const QUICK_MS = 1500;
  const SLOW_MS = 10000;
  let shown = place.innerHTML.trim();

  function moves() {
    const live = place.querySelector("[data-model-live]");
    return live && (live.dataset.running === "true" || live.dataset.done === "false");
  }

  function running() {
    const live = place.querySelector("[data-model-live]");
    return Boolean(live) && live.dataset.running === "true";
  }

  async function renew() {
    let html = "";
    try {
      const answer = await fetch(place.dataset.modelLiveUrl, {
        headers: { "x-tanya-part": "1" }, credentials: "same-origin", redirect: "error",
      });
      if (!answer.ok) return;
      html = (await answer.text()).trim();
    } catch {
      return; // the line may be back at the next look
    }
    if (html === shown) return;
    shown = html;
    const ran = running();
    const held = place.contains(document.activeElement) ? document.activeElement.className : "";
    place.innerHTML = html;
    if (held) {
      const again = Array.from(place.querySelectorAll("button")).find((b) => b.className === held);
      if (again) again.focus({ preventScroll: true });
    }
    if (ran !== running()) location.reload(); // the list and the button below have changed, too
  }

  async function follow() {
    if (!document.hidden) await renew();
    window.setTimeout(follow, moves() ? QUICK_MS : SLOW_MS);
  }

  window.setTimeout(follow, QUICK_MS);
})();
