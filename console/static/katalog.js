// Rows that are added, moved and removed without asking the server; without script the same
// buttons send the form. The order of the rows on the page is the order in which they are sent.
"use strict";

(() => {
  const form = document.querySelector(".catalogue-form");
  if (!form) return;
  let made = 0;

  const sum = () => {
    const shown = form.querySelector("[data-days-sum]");
    if (!shown) return;
    let days = 0;
    for (const row of form.querySelectorAll('[data-rows="stages"] [data-row]')) {
      const part = (name) => row.querySelector(`[name$=":${name}"]`).value.trim();
      if (!part("only_for") && /^\d+$/.test(part("working_days"))) days += Number(part("working_days"));
    }
    shown.textContent = days;
  };

  const add = (box) => {
    made += 1;
    const holder = document.createElement("ol");
    holder.innerHTML = box.querySelector("template").innerHTML.replaceAll(":__", `:n${made}`);
    const row = holder.firstElementChild;
    box.querySelector("[data-row-list]").append(row);
    row.querySelector("input, textarea").focus();
  };

  const act = (button) => {
    const row = button.closest("[data-row]");
    const verb = button.dataset.rowAct;
    if (verb === "remove") {
      const next = row.nextElementSibling || row.previousElementSibling;
      const box = row.closest("[data-rows]");
      row.remove();
      (next ? next.querySelector("input, textarea") : box.querySelector("[data-row-add]")).focus();
    } else {
      const other = verb === "up" ? row.previousElementSibling : row.nextElementSibling;
      if (other) {
        if (verb === "up") other.before(row);
        else other.after(row);
      }
      button.focus();
    }
  };

  form.addEventListener("click", (event) => {
    const button = event.target.closest("[data-row-act], [data-row-add]");
    if (!button) return;
    event.preventDefault();
    if (button.hasAttribute("data-row-add")) add(button.closest("[data-rows]"));
    else act(button);
    sum();
  });
  form.addEventListener("input", sum);
  if (!location.hash) document.getElementById("salah")?.focus();
})();
