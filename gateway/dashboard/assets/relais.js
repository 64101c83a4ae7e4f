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

// A filter applies as soon as it is chosen; the button stays for those without script.
document.querySelectorAll("form[data-auto] select").forEach((field) => {
  field.addEventListener("change", () => field.form.requestSubmit());
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
