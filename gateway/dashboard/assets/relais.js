// What the pages do by themselves. Every page works without it.
"use strict";

// Ctrl+K (or ⌘K) goes to the search field, from anywhere.
document.addEventListener("keydown", (event) => {
  const field = document.getElementById("search");
  if (!field || event.key.toLowerCase() !== "k" || !(event.ctrlKey || event.metaKey)) return;
  event.preventDefault();
  field.focus();
  field.select();
});

// What goes on in the background is shown as it goes, and announced; a part of the page is taken again until it is over.
const LOOK_MS = 2000;
async function lookAgain() {
  const shown = document.querySelector("[data-live='running']");
  if (!shown) return;
  try {
    const answer = await fetch(location.href, { headers: { accept: "text/html" } });
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const now = page.getElementById(shown.id);
    if (!answer.ok || !now) return;
    if (now.dataset.live !== "running") location.reload();
    else if (!shown.contains(document.activeElement)) shown.replaceWith(now);
  } catch {
    // The next look may find it.
  }
  setTimeout(lookAgain, LOOK_MS);
}
if (document.querySelector("[data-live='running']")) setTimeout(lookAgain, LOOK_MS);

// On a narrow screen, where one is stays in sight of the navigation.
document.querySelectorAll(".rail [aria-current], .tabs [aria-current]").forEach((here) => {
  const list = here.closest("ul");
  list.scrollLeft = here.offsetLeft - list.offsetLeft - (list.clientWidth - here.offsetWidth) / 2;
});

// Where the latest is at the end, the end is what is seen first.
document.querySelectorAll("[data-end]").forEach((region) => {
  region.scrollLeft = region.scrollWidth;
});

// A form is sent once.
document.addEventListener("submit", (event) => {
  const form = event.target;
  if (form.method !== "post") return;
  if (form.dataset.sent) event.preventDefault();
  form.dataset.sent = "yes";
});

// What a form answered is read out, and seen.
const said = document.querySelector("[data-said]");
if (said) {
  said.tabIndex = -1;
  said.focus();
}
