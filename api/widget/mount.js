// Light or dark is what is behind the element; where nothing is painted, what the page's colour scheme says.
function isDark(chat) {
  const theme = chat.getAttribute("theme");
  if (theme === "dark" || theme === "light") return theme === "dark";
  const paint = new OffscreenCanvas(1, 1).getContext("2d", { willReadFrequently: true });
  for (let node = chat; node; node = node.parentElement || node.getRootNode().host) {
    paint.clearRect(0, 0, 1, 1);
    paint.fillStyle = getComputedStyle(node).backgroundColor;
    paint.fillRect(0, 0, 1, 1);
    const [red, green, blue, alpha] = paint.getImageData(0, 0, 1, 1).data;
    if (alpha > 127) return 0.3 * red + 0.59 * green + 0.11 * blue < 128;
  }
  const scheme = getComputedStyle(document.documentElement).colorScheme;
  return /dark/.test(scheme) && (!/light/.test(scheme) || matchMedia("(prefers-color-scheme: dark)").matches);
}

if (!customElements.get("archive-chat")) customElements.define("archive-chat", ArchiveChat);

// A script tag with data-archive-... puts a widget at the end of the page: each becomes an attribute of it.
const options = [...(script ? script.attributes : [])].filter(({ name }) => name.startsWith("data-archive-"));
if (options.length) {
  const chat = document.createElement("archive-chat");
  chat.setAttribute("src", home);
  for (const { name, value } of options) chat.setAttribute(name.slice(name === "data-archive-title" ? 5 : 13), value);
  const mount = () => document.body.append(chat);
  if (document.body) mount();
  else addEventListener("DOMContentLoaded", mount);
  window.archiveChat ||= chat;
}
