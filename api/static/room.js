"use strict";
// The reading room around the element: filters, the picture of months, a link to share, the answer to print.
const chat = document.querySelector("archive-chat");
const form = document.querySelector("#filters form");
const share = document.querySelector("[data-share]");
const fields = ["from", "to", "source"].map((name) => form.elements[name]).filter(Boolean);
const bars = [...form.querySelectorAll("[data-month]")]; // each of a month, or of several on end
let asked = form.elements.q.value;

const address = () => {
  const query = new URLSearchParams(fields.filter((field) => field.value).map((field) => [field.name, field.value]));
  if (asked) query.set("q", asked);
  return "/" + (query.size ? "?" + query : "");
};

// Draws counted(bar.dataset) of every bar.
function draw(counted, caption) {
  const counts = bars.map((bar) => counted(bar.dataset));
  const most = Math.max(1, ...counts);
  if (bars.length) document.getElementById("picture").textContent = caption;
  counts.forEach((count, place) => {
    const bar = bars[place];
    const rect = bar.querySelector(".bar");
    rect.setAttribute("height", (100 * count) / most);
    rect.setAttribute("y", 100 - (100 * count) / most);
    bar.querySelector("title").textContent = bar.dataset.name + ": " + count;
    bar.setAttribute("aria-label", bar.dataset.name + ": " + count);
  });
}

// Where the hits of what is asked are counted; empty when nothing is.
function hits() {
  const query = new URLSearchParams({ q: asked });
  const source = form.elements.source && form.elements.source.value;
  if (source) query.set("source", source);
  return asked && "/v1/months?" + query;
}

async function picture() {
  const address = hits();
  if (!address) return draw(({ count }) => Number(count), "Articles by date");
  const found = await fetch(address).then((response) => response.ok && response.json()).catch(() => null);
  if (!found || address !== hits()) return; // something else is asked by now
  const within = ({ first, last }) => found.months.filter(({ month }) => first.slice(0, 7) <= month && month <= last);
  draw((bar) => within(bar).reduce((sum, { hits }) => sum + hits, 0), "Where the hits fall");
}

// What the fields say becomes the element's attributes, the page's address and the marked bars.
function apply() {
  for (const field of fields) {
    if (field.value) chat.setAttribute(field.name, field.value.replaceAll("|", "\\|")); // a bar would part two sources
    else chat.removeAttribute(field.name);
  }
  const from = form.elements.from.value;
  const to = form.elements.to.value;
  for (const bar of bars) {
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
function printable({ answer_id }) {
  const print = share.querySelector("[data-print]");
  print.hidden = !answer_id;
  print.href = "/print?answer=" + encodeURIComponent(answer_id);
}
chat.addEventListener("archive-chat:answer", ({ detail }) => {
  asked = detail.question.standalone;
  history.replaceState(null, "", address());
  picture();
  printable(detail);
});
chat.addEventListener("archive-chat:clear", () => {
  asked = "";
  share.hidden = true;
  history.replaceState(null, "", address());
  picture();
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
// The deferred widget.js has run before this file: a question in the page's address is already being asked, or its
// answer was kept.
share.hidden = !asked;
if (chat.answer) printable(chat.answer);
requestAnimationFrame(() => document.querySelector(".picture")?.scrollTo(1e6, 0)); // the latest months first
if (asked) picture();
performance.mark("room-ready");
