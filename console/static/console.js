// What every page has when script is on. Pages work without it.
"use strict";

// The menu stands open where there is room for it.
const menu = document.getElementById("menu");
if (menu && window.matchMedia("(min-width: 62rem)").matches) menu.open = true;

// A message above the page is told once: not again when the page is loaded anew.
if (document.querySelector("[data-flash]")) {
  const address = new URL(window.location.href);
  for (const name of ["pesan", "selesai"]) address.searchParams.delete(name);
  window.history.replaceState(window.history.state, "", address);
}
