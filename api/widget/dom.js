// What the widget says, by language. KEYS and SAID come from texts/*.json; a page adds a language or changes words with
// customElements.get("archive-chat").texts.it = { send: "Chiedi", ... }; what a language lacks is said in English.
const languages = Object.fromEntries(
  Object.entries(SAID).map(([name, said]) => [name, Object.fromEntries(KEYS.map((key, place) => [key, said[place]]))]),
);

// Nodes. Text goes in by textContent only and links only when they are http(s): nothing an archive holds can run.
const make = (name, settings, ...children) => {
  const node = document.createElement(name);
  for (const [key, value] of Object.entries(settings || {})) {
    if (typeof value === "function") node.addEventListener(key, value);
    else if (value != null) node.setAttribute(key, value);
  }
  node.append(...children.filter((child) => child != null));
  return node;
};

// Icons of 24 by 24, drawn as strokes.
const ICONS = {
  ask: "M4 5h16v11H10l-4 4v-4H4z",
  send: "M12 19V5M6 11l6-6 6 6",
  stop: "M8 8h8v8H8z",
  close: "M6 6l12 12M18 6L6 18",
  clear: "M4 7h16M9 7V4h6v3M6 7l1 13h10l1-13",
  up: "M7 11v9H4v-9zl4-8c2 0 2 2 1 6h7l-2 11H7",
  down: "M7 13V4H4v9zl4 8c2 0 2-2 1-6h7L17 4H7",
  copy: "M9 9h11v11H9zM6 15H4V4h11v2",
};

const icon = (name) => {
  const [picture, path] = ["svg", "path"].map((tag) => document.createElementNS("http://www.w3.org/2000/svg", tag));
  picture.setAttribute("viewBox", "0 0 24 24");
  picture.setAttribute("aria-hidden", "true");
  path.setAttribute("d", ICONS[name]);
  picture.append(path);
  return picture;
};

const iconButton = (name, label, click, settings) =>
  make("button", { type: "button", class: "icon", "aria-label": label, title: label, click, ...settings }, icon(name));

const anchor = (address, ...children) => {
  const url = URL.canParse(address) && new URL(address);
  return url && /^https?:$/.test(url.protocol)
    ? make("a", { href: url.href, target: "_blank", rel: "noopener" }, ...children)
    : make("span", null, ...children);
};

// Offsets count characters; JavaScript's strings count UTF-16 units.
const slice = (text, start, end) => Array.from(text).slice(start, end).join("");
