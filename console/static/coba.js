// A chat with drafts in place: forms are sent beside the page, and the sandbox's start is followed.
// The page works without it.
"use strict";

const LOOK_MS = 700;

function place(section, html) {
  const typed = section.querySelector("[name=text]");
  const kept = typed ? typed.value : "";
  const old = section.querySelector("[data-tryout-chat]") || section.querySelector(".tryout-start");
  const fresh = document.createRange().createContextualFragment(html);
  if (old) old.replaceWith(fresh); else section.append(fresh);
  settle(section);
  return kept;
}

function settle(section) {
  const turns = section.querySelector("[data-tryout-turns]");
  if (turns) turns.scrollTop = turns.scrollHeight;
  follow(section);
}

async function send(section, form, submitter) {
  const body = new URLSearchParams(new FormData(form));
  if (submitter && submitter.name) body.set(submitter.name, submitter.value);
  section.setAttribute("aria-busy", "true");
  try {
    const answer = await fetch(form.action, { method: "POST", body, headers: { "X-Part": "chat" } });
    const html = await answer.text();
    if (!html.includes("data-tryout-chat")) {
      location.reload();
      return;
    }
    place(section, html);
    const field = section.querySelector("[name=text]");
    if (field) field.focus({ preventScroll: true });
  } finally {
    section.removeAttribute("aria-busy");
  }
}

async function refresh(section) {
  const chat = section.querySelector("[data-tryout-chat]");
  if (!chat) return;
  const answer = await fetch(chat.dataset.tryoutChat, { headers: { "X-Part": "chat" } });
  const html = await answer.text();
  if (!html.includes("data-tryout-chat")) return;
  const focused = section.contains(document.activeElement);
  const kept = place(section, html);
  const field = section.querySelector("[name=text]");
  if (!field) return;
  if (kept) field.value = kept;
  if (focused) field.focus({ preventScroll: true });
}

const followed = new WeakSet();

function follow(part) {
  const line = part.querySelector("[data-tryout-state=starting]");
  if (!line || followed.has(line)) return;
  followed.add(line);
  const look = async () => {
    if (!line.isConnected) return;
    let state = null;
    try {
      state = await (await fetch("/isi/coba/keadaan")).json();
    } catch {
      state = null; // the line is away for a moment: look again
    }
    if (state && state.name !== "starting") {
      if (part.querySelector("[data-tryout-chat]")) refresh(part); else location.reload();
      return;
    }
    const words = line.querySelector("[data-tryout-words]");
    if (state && words.textContent !== state.text) words.textContent = state.text;
    setTimeout(look, LOOK_MS);
  };
  setTimeout(look, LOOK_MS);
}

function followRun() {
  const line = document.querySelector("[data-tryout-run=running]");
  if (!line) return;
  const look = async () => {
    let run = null;
    try {
      run = await (await fetch("/isi/coba/perjalanan/keadaan")).json();
    } catch {
      run = null;
    }
    if (run && run.over) { location.reload(); return; }
    if (run && line.textContent !== run.text) line.textContent = run.text;
    setTimeout(look, LOOK_MS);
  };
  setTimeout(look, LOOK_MS);
}

for (const section of document.querySelectorAll("[data-tryout]")) {
  section.addEventListener("submit", (event) => {
    if (!event.target.matches("[data-tryout-form]")) return;
    event.preventDefault();
    if (section.getAttribute("aria-busy") === "true") return;
    send(section, event.target, event.submitter);
  });
  settle(section);
}
if (!document.querySelector("[data-tryout]")) follow(document);
followRun();
