// News for open pages. Dispatches `tanya:news` with {kind, id} on the document, fetches anew the
// parts with data-live="conversation:<id>" | "complaint:<ticket>" | "inbox" | "sealed" and
// data-live-url, and says in words whether the line stands. Pages work without it.
"use strict";

(() => {
  const IDLE_AFTER_MS = 10 * 60 * 1000;
  const HIDDEN_AFTER_MS = 60 * 1000;
  const AGAIN_AFTER_MS = 600;
  const FIRST_PAUSE_MS = 1000;
  const LONGEST_PAUSE_MS = 20000;

  const line = document.getElementById("garis-langsung");
  const shown = document.querySelector("[data-live-conversation]");
  const conversation = shown ? shown.dataset.liveConversation : "";
  let source = null;
  let timer = 0;
  let failures = 0;
  let idle = false;
  let lastTouched = Date.now();
  let wasConnected = false;

  function say(state) {
    if (!line || line.dataset.state === state) return;
    line.dataset.state = state;
    line.hidden = false;
    const words = line.querySelector("[data-line-words]") || line;
    words.textContent = line.dataset[state] || "";
  }

  function address() {
    const query = new URLSearchParams();
    if (conversation) query.set("conversation", conversation);
    if (idle) query.set("idle", "1");
    const text = query.toString();
    return text ? `/langsung?${text}` : "/langsung";
  }

  function disconnect() {
    window.clearTimeout(timer);
    if (source) source.close();
    source = null;
  }

  function connect() {
    disconnect();
    source = new EventSource(address());
    source.addEventListener("ready", () => {
      failures = 0;
      say("connected");
      if (wasConnected) tell({ kind: "resync", id: "" });
      wasConnected = true;
    });
    source.addEventListener("news", (event) => tell(JSON.parse(event.data)));
    source.addEventListener("over", () => {
      failures += 1;
      again();
    });
    source.addEventListener("error", () => {
      failures += 1;
      // Closed at once: the server answered and refused, so the session is over.
      say(source && source.readyState === EventSource.CLOSED ? "over" : "lost");
      again();
    });
  }

  // With jitter, so that not all pages come back in the same moment after a restart.
  function again() {
    disconnect();
    const longest = Math.min(FIRST_PAUSE_MS * 2 ** Math.min(failures - 1, 6), LONGEST_PAUSE_MS);
    timer = window.setTimeout(connect, longest * (0.5 + Math.random() / 2));
  }

  function tell(news) {
    document.dispatchEvent(new CustomEvent("tanya:news", { detail: news }));
  }

  // Parts of the page that are fetched anew.
  const waiting = new WeakMap();

  function concerns(part, news) {
    if (news.kind === "resync") return true;
    const name = part.dataset.live;
    if (name === "inbox") return news.kind === "inbox" || news.kind === "conversation";
    if (name === "complaints") return news.kind === "complaint" || news.kind === "inbox";
    return name === (news.id ? `${news.kind}:${news.id}` : news.kind);
  }

  function isField(element) {
    return Boolean(element) && (element.isContentEditable
      || ["INPUT", "TEXTAREA", "SELECT"].includes(element.tagName));
  }

  function typedIn(part) {
    if (part.contains(document.activeElement) && isField(document.activeElement)) return true;
    return Array.from(part.querySelectorAll("textarea, input")).some(
      (field) => field.type !== "hidden" && field.value !== field.defaultValue);
  }

  function focusedName(part) {
    const element = document.activeElement;
    if (!element || !part.contains(element)) return null;
    if (element.id) return `#${CSS.escape(element.id)}`;
    const href = element.getAttribute("href");
    return href ? `a[href="${CSS.escape(href)}"]` : null;
  }

  async function renew(part) {
    if (typedIn(part)) {
      waiting.set(part, 0);
      part.addEventListener("focusout", () => soon(part), { once: true });
      return;
    }
    let html = "";
    try {
      const answer = await fetch(part.dataset.liveUrl, {
        headers: { "x-tanya-part": "1" }, credentials: "same-origin", redirect: "error",
      });
      if (!answer.ok) return;
      html = await answer.text();
    } catch {
      say("lost");
      return;
    }
    if (!part.isConnected || typedIn(part)) return;
    const name = focusedName(part);
    const opened = Array.from(part.querySelectorAll("details[open][id]"), (item) => item.id);
    const scrolled = part.scrollTop;
    part.innerHTML = html;
    for (const id of opened) {
      const item = document.getElementById(id);
      if (item) item.open = true;
    }
    part.scrollTop = scrolled;
    const target = name && part.querySelector(name);
    if (target) target.focus({ preventScroll: true });
    document.dispatchEvent(new CustomEvent("tanya:renewed", { detail: { part } }));
  }

  // At once the first time, then at most every AGAIN_AFTER_MS.
  function soon(part) {
    const now = Date.now();
    const due = waiting.get(part) || 0;
    if (due > now) return;
    const last = part.tanyaRenewedAt || 0;
    const pause = Math.max(0, last + AGAIN_AFTER_MS - now);
    waiting.set(part, now + pause + 1);
    window.setTimeout(() => {
      part.tanyaRenewedAt = Date.now();
      waiting.set(part, 0);
      renew(part);
    }, pause);
  }

  document.addEventListener("tanya:news", (event) => {
    for (const part of document.querySelectorAll("[data-live][data-live-url]")) {
      if (concerns(part, event.detail)) soon(part);
    }
  });

  // A page nobody touches shows nobody present and renews no hold.
  function touched() {
    lastTouched = Date.now();
    if (!idle) return;
    idle = false;
    connect();
  }
  for (const name of ["pointerdown", "keydown", "pointermove", "scroll"]) {
    window.addEventListener(name, touched, { passive: true });
  }
  window.setInterval(() => {
    if (idle || Date.now() - lastTouched < IDLE_AFTER_MS) return;
    idle = true;
    connect();
  }, 30000);

  // Browsers allow few lines to one server: hidden pages that are no inbox let theirs go.
  let hiding = 0;
  document.addEventListener("visibilitychange", () => {
    window.clearTimeout(hiding);
    if (!document.hidden) {
      lastTouched = Date.now();
      idle = false;
      if (!source) connect();
    } else if (!document.querySelector('[data-live="inbox"]')) {
      hiding = window.setTimeout(disconnect, HIDDEN_AFTER_MS);
    }
  });
  window.addEventListener("pagehide", disconnect);
  window.addEventListener("pageshow", (event) => { if (event.persisted) connect(); });

  connect();
})();
