/* Keys for the list of messages that were not understood. Everything works without, too. */
"use strict";
(function () {
  const items = Array.from(document.querySelectorAll("[data-item]"));
  const PLACE = "belajar-tempat";
  let at = 0;

  function kept() {
    try {
      return Number(sessionStorage.getItem(PLACE)) || 0;
    } catch (error) {
      return 0;
    }
  }

  function keep() {
    try {
      sessionStorage.setItem(PLACE, String(at));
    } catch (error) {
      /* without a place kept, the list begins at its top */
    }
  }

  function go(place, focus) {
    if (!items.length) return;
    at = Math.max(0, Math.min(place, items.length - 1));
    items.forEach((item, number) => {
      if (number === at) item.setAttribute("aria-current", "true");
      else item.removeAttribute("aria-current");
    });
    keep();
    if (focus && items[at].hasAttribute("tabindex")) {
      items[at].focus({ preventScroll: true });
      items[at].scrollIntoView({ block: "nearest" });
    }
  }

  function press(button) {
    if (button && !pressed) {
      pressed = true;
      button.click();
    }
  }
  let pressed = false;
  window.addEventListener("pageshow", () => { pressed = false; });

  const keys = {
    j: () => go(at + 1, true),
    k: () => go(at - 1, true),
    o: () => press(items[at] && items[at].querySelector('[data-key="o"]')),
    x: () => press(items[at] && items[at].querySelector('[data-key="x"]')),
    u: () => press(document.querySelector('[data-key="u"]')),
    e: () => {
      const box = items[at] && items[at].querySelector("details");
      const text = items[at] && items[at].querySelector("textarea");
      if (box) box.open = true;
      if (text) text.focus();
    },
    "/": () => {
      const field = (items[at] && items[at].querySelector("[data-search]")) ||
        document.querySelector("[data-search]");
      if (field) field.focus();
    },
    "?": () => {
      const help = document.getElementById("bantuan");
      if (help) help.open = !help.open;
    },
  };

  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.altKey || event.metaKey) return;
    if (event.target.closest("input, textarea, select")) {
      if (event.key === "Escape") event.target.blur();
      return;
    }
    const number = "123456789".indexOf(event.key);
    if (number >= 0 && items[at]) {
      event.preventDefault();
      press(items[at].querySelectorAll(".learn-choice")[number]);
    } else if (keys[event.key]) {
      event.preventDefault();
      keys[event.key]();
    }
  });

  items.forEach((item, number) => item.addEventListener("focusin", () => {
    if (number !== at) go(number, false);
  }));
  if (document.querySelector(".learn-list")) go(kept(), true);
})();
