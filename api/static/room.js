"use strict";
// The reading room around the element: filters, the picture of months, a link to share, the answer to print.
const chat = document.querySelector("archive-chat");
const form = document.querySelector("#filters form");
const share = document.querySelector("[data-share]");
const fields = ["from", "to", "source"].map((name) => form.elements[name]).filter(Boolean);
let asked = form.elements.q.value;

const address = () => {
  const query = new URLSearchParams(fields.filter((field) => field.value).map((field) => [field.name, field.value]));
  if (asked) query.set("q", asked);
  return "/" + (query.size ? "?" + query : "");
};

function draw(counts, caption) {
  const most = Math.max(1, ...Object.values(counts));
  document.getElementById("picture").textContent = caption;
  for (const bar of form.querySelectorAll("[data-month]")) {
    const count = counts[bar.dataset.month] || 0;
    const rect = bar.querySelector(".bar");
    rect.setAttribute("height", (100 * count) / most);
    rect.setAttribute("y", 100 - (100 * count) / most);
    bar.querySelector("title").textContent = bar.dataset.name + ": " + count;
    bar.setAttribute("aria-label", bar.dataset.name + ": " + count);
  }
}

async function picture() {
  if (!asked) return;
  const query = new URLSearchParams({ q: asked });
  const source = form.elements.source && form.elements.source.value;
  if (source) query.set("source", source);
  const response = await fetch("/v1/months?" + query).catch(() => null);
  if (!response || !response.ok) return;
  const { months } = await response.json();
  draw(Object.fromEntries(months.map((month) => [month.month, month.hits])), "Where the hits fall");
}

// What the fields say becomes the element's attributes, the page's address and the marked bars.
function apply() {
  for (const field of fields) {
    if (field.value) chat.setAttribute(field.name, field.value);
    else chat.removeAttribute(field.name);
  }
  const from = form.elements.from.value;
  const to = form.elements.to.value;
  for (const bar of form.querySelectorAll("[data-month]")) {
    const inside = (from || to) && (!from || from <= bar.dataset.first) && (!to || bar.dataset.last <= to);
    if (inside) bar.setAttribute("aria-current", "true");
    else bar.removeAttribute("aria-current");
  }
  form.querySelector("[data-reset]").hidden = !fields.some((field) => field.value);
  history.replaceState(null, "", address());
}

function again() {
  apply();
  picture();
  if (asked) {
    chat.scrollIntoView({ block: "nearest" });
    chat.ask(asked);
  }
}

form.querySelector("[data-apply]").hidden = true;
form.addEventListener("submit", (event) => event.preventDefault());
form.addEventListener("change", again);
form.addEventListener("click", (event) => {
  const bar = event.target.closest("[data-month]");
  const reset = event.target.closest("[data-reset]");
  if (!bar && !reset) return;
  event.preventDefault();
  const chosen = bar && !bar.hasAttribute("aria-current");
  form.elements.from.value = chosen ? bar.dataset.first : "";
  form.elements.to.value = chosen ? bar.dataset.last : "";
  if (reset && form.elements.source) form.elements.source.value = "";
  again();
});

chat.addEventListener("archive-chat:ask", ({ detail }) => {
  asked = detail.question;
  history.replaceState(null, "", address());
  share.hidden = false;
  share.querySelector("[data-print]").hidden = true;
});
chat.addEventListener("archive-chat:answer", ({ detail }) => {
  asked = detail.question.standalone;
  history.replaceState(null, "", address());
  picture();
  const print = share.querySelector("[data-print]");
  print.hidden = !detail.answer_id;
  print.href = "/print?answer=" + encodeURIComponent(detail.answer_id);
});
chat.addEventListener("archive-chat:clear", () => {
  asked = "";
  share.hidden = true;
  history.replaceState(null, "", address());
});
share.querySelector("[data-link]").addEventListener("click", async () => {
  const said = share.querySelector("[role=status]");
  try {
    await navigator.clipboard.writeText(location.origin + address());
    said.textContent = "Copied.";
  } catch {
    said.textContent = location.origin + address();
  }
});
// The deferred widget.js has run before this file, and a question in the page's address is already being asked.
share.hidden = !asked;
requestAnimationFrame(() => document.querySelector(".picture")?.scrollTo(1e6, 0)); // the latest months first
picture();
performance.mark("room-ready");
