"use strict";
const $ = (id) => document.getElementById(id);
const words = $("words").dataset;
const log = $("log");
let chat = newChat();
let last = null;
let busy = Promise.resolve();

function newChat() {
  return "layar-" + Array.from(crypto.getRandomValues(new Uint8Array(6)), (b) => b.toString(16).padStart(2, "0")).join("");
}

function bubble(text, mine) {
  const element = document.createElement("div");
  element.className = mine ? "bubble mine" : "bubble";
  element.textContent = text;
  log.append(element);
  showNewest();
  return element;
}

// The end of a long answer must not push its beginning, or what was asked, out of sight.
function showNewest() {
  const asked = [...log.querySelectorAll(".mine")].at(-1);
  log.scrollTop = asked ? asked.offsetTop - log.offsetTop - 12 : log.scrollHeight;
}

function fileBubble(media) {
  const link = document.createElement("a");
  const query = new URLSearchParams({ channel: $("channel").value, chat });
  link.href = "/simulator/api/media/" + encodeURIComponent(media.media_id) + "?" + query;
  link.download = media.title || "";
  link.textContent = "📄 " + (media.title || "");
  bubble("", false).append(link);
}

function choiceButton(choice, after) {
  const button = document.createElement("button");
  button.type = "button";
  button.textContent = choice.title;
  if (after && choice.description) { // only rows of a list show it
    const small = document.createElement("small");
    small.textContent = choice.description;
    button.append(small);
  }
  button.addEventListener("click", () => {
    if (after) after();
    send({ choice: choice.id }, choice.title);
  });
  return button;
}

function showChoices(choices) {
  if (!choices.length) return;
  const group = document.createElement("div");
  group.className = "choices";
  if ($("channel").value === "whatsapp" && choices.length > 3) {
    const open = document.createElement("button");
    open.type = "button";
    open.textContent = "☰ " + words.list;
    open.addEventListener("click", () => {
      $("rows").replaceChildren(...choices.map((choice) => choiceButton(choice, () => $("list").close())));
      $("list").showModal();
    });
    group.append(open);
  } else {
    group.append(...choices.map((choice) => choiceButton(choice)));
  }
  log.append(group);
  showNewest();
}

function problem(text) {
  $("problem").textContent = text || "";
  $("problem").hidden = !text;
}

async function receive() {
  const query = new URLSearchParams({ channel: $("channel").value, chat });
  if (last) query.set("after", last);
  const response = await fetch("/simulator/api/messages?" + query);
  if (!response.ok) return;
  for (const message of (await response.json()).messages) {
    last = message.id;
    for (const reply of message.replies) {
      const file = reply.media && reply.media.kind === "document" ? reply.media : null;
      if (file) fileBubble(file);
      if (reply.text && !(file && reply.text === file.title)) bubble(reply.text, false);
      showChoices(reply.choices);
    }
  }
}

function send(body, shown) {
  if (shown) bubble(shown, true);
  busy = busy.then(() => deliver(body));
  return busy;
}

async function deliver(body) {
  problem("");
  const person = $("person").selectedOptions[0];
  const turn = { channel: $("channel").value, chat, ...body };
  if ($("verified").checked && person.dataset.phone) turn.phone = person.dataset.phone;
  if ($("at").value) turn.at = new Date($("at").value).toISOString();
  const waiting = bubble(words.writing, false);
  waiting.classList.add("waiting");
  try {
    const response = await fetch("/simulator/api/turns", {
      method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(turn),
    });
    if (response.status === 504) problem($("problem").dataset.timeout);
    else if (!response.ok) problem((await response.json()).error || String(response.status));
  } catch {
    problem($("problem").dataset.offline);
  }
  waiting.remove();
  await receive().catch(() => problem($("problem").dataset.offline));
}

function restart() {
  chat = newChat();
  last = null;
  log.replaceChildren();
  problem("");
  const channel = $("channel");
  $("phone").className = "phone " + channel.value;
  $("channel-name").textContent = channel.selectedOptions[0].textContent;
  const person = $("person").selectedOptions[0].dataset;
  $("about").textContent = [person.about, person.nik && words.nik + " " + person.nik,
    person.numbers && words.numbers + " " + person.numbers].filter(Boolean).join(" · ");
  $("text").focus();
}

$("composer").addEventListener("submit", (event) => {
  event.preventDefault();
  const text = $("text").value;
  if (!text.trim()) return;
  $("text").value = "";
  send({ text }, text);
});

$("photo").addEventListener("change", async () => {
  const file = $("photo").files[0];
  if (!file) return;
  const bytes = new Uint8Array(await file.arrayBuffer());
  let binary = "";
  for (let i = 0; i < bytes.length; i += 32768) binary += String.fromCharCode(...bytes.subarray(i, i + 32768));
  const picture = document.createElement("img");
  picture.className = "sent";
  picture.alt = words.photo;
  picture.src = URL.createObjectURL(file);
  const shown = bubble("", true);
  shown.append(picture);
  picture.addEventListener("load", showNewest);
  const text = $("text").value;
  $("text").value = "";
  $("photo").value = "";
  send(text.trim() ? { photo: btoa(binary), text } : { photo: btoa(binary) }, text.trim() ? text : "");
});

$("place").addEventListener("click", () => send({ location: [-7.0, 109.6] }, words.location));
$("fresh").addEventListener("click", restart);
$("channel").addEventListener("change", restart);
$("person").addEventListener("change", restart);
$("close-list").addEventListener("click", () => $("list").close());
setInterval(() => { busy = busy.then(() => receive().catch(() => undefined)); }, 4000);
if (matchMedia("(max-width: 40rem)").matches) $("settings").open = false;
restart();
