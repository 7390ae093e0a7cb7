// Four comforts: copying a text, a draft read while it is written, pages that stay fresh, the bar at its page. Every page works without them.
"use strict";

document.addEventListener("click", async (event) => {
  const button = event.target.closest("[data-copy]");
  if (!button) return;
  const field = document.getElementById(button.dataset.copy);
  if (!field) return;
  const usual = button.textContent;
  field.select();
  let done = false;
  try {
    await navigator.clipboard.writeText(field.value);
    done = true;
  } catch {
    done = document.execCommand("copy"); // plain http: the old way still works
  }
  button.textContent = done ? "Copied" : "Select and copy";
  setTimeout(() => { button.textContent = usual; }, 2500);
});

let reading; // the next reading of a draft, a moment after the last key
async function readDraft(form) {
  const target = document.getElementById(form.dataset.reading);
  if (!target) return;
  try {
    const answer = await fetch(form.action, {
      method: "POST",
      body: new URLSearchParams(new FormData(form)),
      headers: { Accept: "text/html", "X-Amends-Piece": "1" },
      credentials: "same-origin",
    });
    if (!answer.ok) return;
    const piece = new DOMParser().parseFromString(await answer.text(), "text/html");
    target.replaceChildren(...[...piece.body.childNodes].map((node) => document.adoptNode(node)));
  } catch { /* the network is away: the button still works */ }
}
document.addEventListener("input", (event) => {
  const form = event.target.closest("form[data-reading]");
  if (!form) return;
  clearTimeout(reading);
  reading = setTimeout(() => readDraft(form), 400);
});

function busy() {
  const focused = document.activeElement;
  if (document.hidden || (focused && focused.matches("input, textarea, select"))) return true;
  if (document.querySelector("main details[open]") || String(getSelection())) return true;
  return [...document.querySelectorAll("main input, main textarea, main select")].some((field) =>
    field.matches("select")
      ? [...field.options].some((option) => option.selected !== option.defaultSelected && !option.disabled && field.value !== "")
      : field.type === "radio" ? field.checked !== field.defaultChecked : field.value !== field.defaultValue);
}

async function refresh() {
  const main = document.querySelector("main[data-live]");
  if (!main || busy()) return;
  const address = new URL(location.href);
  address.searchParams.delete("done");
  try {
    const answer = await fetch(address, { headers: { Accept: "text/html" }, credentials: "same-origin" });
    if (!answer.ok) return;
    const fresh = new DOMParser().parseFromString(await answer.text(), "text/html");
    const next = fresh.querySelector("main[data-live]");
    if (next && !busy()) {
      main.replaceWith(document.adoptNode(next));
      document.title = fresh.title;
    }
  } catch { /* the network is away: what is shown stays, and the next try comes */ }
}

const live = document.querySelector("main[data-live]");
if (live) setInterval(refresh, Number(live.dataset.live) * 1000);

document.querySelector(".bar [aria-current]")?.scrollIntoView({ block: "nearest", inline: "nearest" }); // narrow screens
