// What every page has when script is on. Pages work without it.
"use strict";

// The menu stands open where there is room for it.
const menu = document.getElementById("menu");
if (menu && window.matchMedia("(min-width: 60rem)").matches) menu.open = true;
