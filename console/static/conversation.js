// One conversation: canned replies at the cursor, letters left, time left, the latest in sight.
// The page works without it.
"use strict";

const field = document.getElementById("teks");

function toTheEnd() {
  const list = document.getElementById("riwayat");
  if (list) list.scrollTop = list.scrollHeight;
}

function countLetters() {
  const place = document.querySelector("[data-count]");
  if (!field || !place) return;
  place.textContent = place.dataset.words.replace("#", (field.maxLength - field.value.length).toLocaleString("id"));
}

function insert(text) {
  const start = field.selectionStart;
  field.setRangeText(text, start, field.selectionEnd, "end");
  field.focus();
  const gap = field.value.indexOf("{", start);
  const end = gap < 0 ? -1 : field.value.indexOf("}", gap);
  if (end > 0 && gap < start + text.length) field.setSelectionRange(gap, end + 1);
  field.dispatchEvent(new Event("input", { bubbles: true }));
}

function narrow(words) {
  const wanted = words.trim().toLocaleLowerCase("id");
  for (const item of document.querySelectorAll("[data-canned-list] li")) {
    const link = item.querySelector("[data-canned]");
    const text = `${item.textContent} ${link.dataset.canned}`.toLocaleLowerCase("id");
    item.hidden = !text.includes(wanted);
  }
}

function tick() {
  for (const place of document.querySelectorAll("[data-countdown]")) {
    const minutes = Math.floor((new Date(place.dataset.countdown) - Date.now()) / 60000);
    const words = minutes >= 120
      ? place.dataset.hours.replace("#", String(Math.floor(minutes / 60)))
      : place.dataset.minutes.replace("#", String(Math.max(0, minutes)));
    if (place.textContent !== words) place.textContent = words;
  }
}

if (field) {
  field.addEventListener("input", countLetters);
  field.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) field.form.requestSubmit();
  });
  for (const link of document.querySelectorAll("[data-canned]")) {
    link.addEventListener("click", (event) => {
      event.preventDefault();
      insert(link.dataset.canned);
    });
  }
  const search = document.querySelector("[data-canned-search]");
  if (search) search.addEventListener("input", () => narrow(search.value));
  countLetters();
}

function standing() {
  const place = document.querySelector("[data-standing]");
  return place ? place.dataset.standing : null;
}

function typed() {
  return Array.from(document.querySelectorAll("main textarea, main input, main select")).some((item) => {
    if (item.type === "hidden") return false;
    if (item === document.activeElement) return true;
    if (item.tagName !== "SELECT") return item.value !== item.defaultValue;
    const first = Array.from(item.options).find((option) => option.defaultSelected) || item.options[0];
    return Boolean(first) && item.value !== first.value;
  });
}

// Who holds the conversation decides what may be done: the page is fetched anew when that
// changes, unless something would be lost or a form of this page is on its way.
const before = standing();
let leaving = false;
document.addEventListener("submit", () => { leaving = true; });
window.addEventListener("pageshow", () => { leaving = false; });
function follow() {
  if (leaving || standing() === before || typed() || window.location.search.includes("sebelum=")) return;
  const shown = document.querySelector("[data-live-conversation]").dataset.liveConversation;
  const address = `/percakapan/${shown}`;
  if (window.location.pathname === address) window.location.reload();
  else window.location.replace(address);
}

document.addEventListener("tanya:renewed", (event) => {
  if (event.detail.part.id === "riwayat") toTheEnd();
  if (event.detail.part.id === "keadaan") follow();
  tick();
});

// Just taken or answered: write on, with the talk still in sight.
if (field && window.location.hash === "#tulis") {
  window.addEventListener("load", () => window.requestAnimationFrame(() => {
    field.focus({ preventScroll: true });
    field.form.scrollIntoView({ block: "end" });
  }));
}
// Pictures grow the list when they arrive; whoever reads further up is left there.
document.addEventListener("load", (event) => {
  const list = document.getElementById("riwayat");
  if (!list || !list.contains(event.target)) return;
  const below = list.scrollHeight - list.scrollTop - list.clientHeight;
  if (below <= event.target.clientHeight + 80) toTheEnd();
}, true);
toTheEnd();
tick();
window.setInterval(tick, 30000);
