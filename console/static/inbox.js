// Keyboard shortcuts of the inbox, and the number of those who wait in the page's title.
"use strict";

(() => {
  const OFF = "tanya-pintasan-mati";
  const QUEUES = { s: "saya", t: "tanpa_petugas", u: "unit", w: "menunggu_warga", b: "segera",
    l: "lewat", d: "selesai" };
  const GO_WITHIN_MS = 1500;
  const help = document.getElementById("pintasan");
  const opener = document.getElementById("buka-pintasan");
  const switcher = document.getElementById("pintasan-menyala");
  let goUntil = 0;

  function off() {
    try { return window.localStorage.getItem(OFF) === "1"; } catch { return false; }
  }

  if (switcher) {
    switcher.checked = !off();
    switcher.addEventListener("change", () => {
      try {
        if (switcher.checked) window.localStorage.removeItem(OFF);
        else window.localStorage.setItem(OFF, "1");
      } catch { /* a browser that keeps nothing: it stays as it was */ }
    });
  }
  if (help && opener) {
    opener.addEventListener("click", (event) => {
      event.preventDefault();
      help.showModal();
    });
  }

  function typing(target) {
    return target instanceof Element
      && (target.closest("input, textarea, select, [contenteditable]") || target.closest("dialog"));
  }

  function move(step) {
    const links = Array.from(document.querySelectorAll(".ib-link"));
    if (!links.length) return;
    const at = links.indexOf(document.activeElement);
    const next = at < 0 ? (step > 0 ? 0 : links.length - 1) : at + step;
    const link = links[Math.min(Math.max(next, 0), links.length - 1)];
    link.focus();
    link.scrollIntoView({ block: "nearest" });
  }

  function go(key) {
    const link = QUEUES[key] && document.querySelector(`[data-queue="${QUEUES[key]}"]`);
    if (link) link.click();
    else if (QUEUES[key]) window.location.assign(`/percakapan?antrean=${QUEUES[key]}`);
    return Boolean(QUEUES[key]);
  }

  document.addEventListener("keydown", (event) => {
    if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey) return;
    if (typing(event.target) || (help && help.open)) return;
    if (off()) return;
    if (event.key === "?" && help) {
      event.preventDefault();
      help.showModal();
      return;
    }
    const going = Date.now() < goUntil;
    goUntil = 0;
    if (going && go(event.key)) {
      event.preventDefault();
      return;
    }
    const does = {
      j: () => move(1),
      k: () => move(-1),
      "/": () => document.getElementById("cari")?.focus(),
      n: () => document.getElementById("ambil")?.focus(),
      g: () => { goUntil = Date.now() + GO_WITHIN_MS; },
    }[event.key];
    if (!does) return;
    event.preventDefault();
    does();
  });

  document.addEventListener("tanya:renewed", () => {
    const list = document.querySelector("[data-waiting]");
    if (!list) return;
    const plain = document.title.replace(/^\(\d+\) /, "");
    const number = Number(list.dataset.waiting);
    document.title = number ? `(${number}) ${plain}` : plain;
  });
})();
