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

// The search field offers what its letters find; arrows choose, Enter opens, Escape puts it away.
const PAUSE_MS = 250;
const LEAST_TYPED = 3;
function offerSuggestions(field) {
  const form = field.form;
  const list = document.getElementById("suggestions");
  const said = document.getElementById("suggested");
  let waiting, asked;
  let chosen = -1;
  const choose = (place) => {
    chosen = place;
    [...list.children].forEach((one, at) => one.setAttribute("aria-selected", String(at === place)));
    if (place < 0) field.removeAttribute("aria-activedescendant");
    else field.setAttribute("aria-activedescendant", list.children[place].id);
  };
  const show = (html) => {
    list.innerHTML = html;
    list.hidden = list.children.length === 0;
    field.setAttribute("aria-expanded", String(!list.hidden));
    choose(-1);
  };
  const ask = async () => {
    const text = field.value.trim();
    asked?.abort();
    if (text.length < LEAST_TYPED) return show("");
    asked = new AbortController();
    try {
      const answer = await fetch(`${form.dataset.suggestions}?q=${encodeURIComponent(text)}`, { signal: asked.signal });
      if (!answer.ok || answer.redirected || document.activeElement !== field) return;
      show(await answer.text());
      said.textContent = list.hidden ? said.dataset.none : said.dataset.some.replace("{count}", list.children.length);
    } catch {
      // Another letter was typed, or there is nobody to ask: Enter still searches.
    }
  };
  field.setAttribute("role", "combobox");
  field.setAttribute("aria-autocomplete", "list");
  field.setAttribute("aria-controls", list.id);
  show("");
  field.addEventListener("input", () => {
    clearTimeout(waiting);
    waiting = setTimeout(ask, PAUSE_MS);
  });
  field.addEventListener("keydown", (event) => {
    const many = list.children.length;
    if (event.key === "Escape" && !list.hidden) {
      event.preventDefault();
      show("");
    } else if ((event.key === "ArrowDown" || event.key === "ArrowUp") && many) {
      event.preventDefault();
      const step = event.key === "ArrowDown" ? 1 : -1;
      choose(chosen < 0 && step < 0 ? many - 1 : (chosen + step + many) % many);
    } else if (event.key === "Enter" && chosen >= 0) {
      event.preventDefault();
      location.assign(list.children[chosen].dataset.path);
    }
  });
  list.addEventListener("mousedown", (event) => event.preventDefault()); // the field keeps the focus
  list.addEventListener("click", (event) => {
    const one = event.target.closest("[data-path]");
    if (one) location.assign(one.dataset.path);
  });
  form.addEventListener("focusout", (event) => {
    if (!form.contains(event.relatedTarget)) show("");
  });
}
if (document.getElementById("search")) offerSuggestions(document.getElementById("search"));

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

// A session says that it will end, and is put off by one press; another page of it that is opened puts it off as well.
const WARN_MS = 180000;
const TICK_MS = 1000;
const ENDS = "relais-session-ends";
function watchSession(box) {
  let ends = Date.now() + Number(box.dataset.left) * 1000;
  let stays = box.dataset.stays === "yes";
  let state = "";
  const keep = () => {
    try {
      localStorage.setItem(ENDS, String(ends));
    } catch {
      // Other pages of this browser keep their own time.
    }
  };
  const show = (now, text, action) => {
    if (state === now) return;
    state = now;
    box.replaceChildren();
    box.hidden = !text;
    if (!text) return;
    const said = document.createElement("p");
    said.textContent = text.replace("{minutes}", Math.max(1, Math.round((ends - Date.now()) / 60000)));
    box.append(said);
    if (action) box.append(action);
  };
  const stay = () => {
    const button = document.createElement("button");
    button.type = "button";
    button.className = "primary";
    button.textContent = box.dataset.stay;
    button.addEventListener("click", async () => {
      try {
        const answer = await fetch(box.dataset.ask, { headers: { accept: "application/json" } });
        if (!answer.ok || answer.redirected) throw new Error();
        const found = await answer.json();
        ends = Date.now() + found.seconds_left * 1000;
        stays = found.can_stay;
        keep();
        look();
        document.getElementById("main").focus();
      } catch {
        ends = Math.min(ends, Date.now());
        look();
      }
    });
    return button;
  };
  const door = () => {
    const link = document.createElement("a");
    link.className = "button";
    link.href = box.dataset.door;
    link.textContent = box.dataset.again;
    return link;
  };
  const look = () => {
    const left = ends - Date.now();
    if (left <= 0) show("over", box.dataset.over, door());
    else if (left <= WARN_MS) show("soon", stays ? box.dataset.soon : box.dataset.last, stays ? stay() : null);
    else show("", "");
  };
  window.addEventListener("storage", (event) => {
    if (event.key !== ENDS || Number(event.newValue) <= ends) return;
    ends = Number(event.newValue);
    look();
  });
  keep();
  look();
  setInterval(look, TICK_MS);
}
if (document.getElementById("session")) watchSession(document.getElementById("session"));

// Where the latest is at the end, the end is what is seen first.
document.querySelectorAll("[data-end]").forEach((region) => {
  region.scrollLeft = region.scrollWidth;
});

// The digest of a file is reckoned here: the file itself goes nowhere.
if (window.crypto && crypto.subtle) {
  document.querySelectorAll("input[data-digest]").forEach((chosen) => {
    chosen.closest("[hidden]").hidden = false;
    chosen.addEventListener("change", async () => {
      if (!chosen.files.length) return;
      const bytes = new Uint8Array(await crypto.subtle.digest("SHA-256", await chosen.files[0].arrayBuffer()));
      const digits = [...bytes].map((byte) => byte.toString(16).padStart(2, "0"));
      document.getElementById(chosen.dataset.digest).value = digits.join("");
    });
  });
}

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
