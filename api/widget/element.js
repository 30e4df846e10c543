// <archive-chat>: a button with a panel, or the panel in its place (mode="inline").
const KEPT = 20; // turns kept for the tab
const LONGEST = 2000; // characters of a question
// Items with bars between; a bar within one is written \|
const lists = (text) => (text || "").split(/(?<!\\)\|/).map((item) => item.replaceAll("\\|", "|").trim()).filter(Boolean);
const script = document.currentScript;
const home = script && script.src ? new URL(".", script.src).href.replace(/\/$/, "") : location.origin;
const sheet = new CSSStyleSheet();
sheet.replaceSync(STYLE);

class ArchiveChat extends HTMLElement {
  static observedAttributes = ["archive-title", "mode", "theme", "lang", "dir", "questions", "greeting", "placeholder"];
  static texts = languages;

  #root = make("div", { class: "root" });
  #turns = [];
  #conversation;
  #controller;
  #leave;
  #key;
  #log;
  #input;
  #panel;
  #button;
  #before;

  constructor() {
    super();
    const shadow = this.attachShadow({ mode: "open" });
    shadow.adoptedStyleSheets = [sheet];
    shadow.append(this.#root);
  }

  get base() {
    return new URL(this.getAttribute("src") || home, document.baseURI).href.replace(/\/$/, "");
  }

  get language() {
    const near = this.closest("[lang]") || document.documentElement;
    try {
      return Intl.getCanonicalLocales((this.getAttribute("lang") || near.lang || "en").trim().replaceAll("_", "-"))[0];
    } catch {
      return "en"; // not a language, and no date could be said in it
    }
  }

  get t() {
    const { texts } = ArchiveChat;
    return { ...texts.en, ...(texts[this.language] || texts[this.language.split("-")[0]]) };
  }

  // The answer that stands last, if any.
  get answer() {
    return this.#turns.at(-1)?.answer;
  }

  get inline() {
    return this.getAttribute("mode") === "inline";
  }

  get isOpen() {
    return this.inline || this.#panel.open;
  }

  connectedCallback() {
    if (this.#leave) return; // moved within the page: nothing to begin anew
    this.#leave = new AbortController();
    const { signal } = this.#leave;
    const order = (selector) => [...document.querySelectorAll(selector)].indexOf(this);
    this.#key = `archive-chat ${this.base} ${this.id || order("archive-chat")}`;
    this.style.setProperty("--shift", order("archive-chat:not([mode=inline])"));
    this.#restore();
    this.#build();
    const watch = new MutationObserver(() => this.#colour() || setTimeout(() => this.#colour(), 600));
    for (const node of [document.documentElement, document.body]) watch.observe(node, { attributes: true });
    signal.addEventListener("abort", () => watch.disconnect());
    matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => this.#colour(), { signal });
    this.tell("ready");
    const question = (this.getAttribute("question") || "").trim();
    const last = this.#turns.at(-1);
    // A page that is loaded again shows the answer to what it asks at once already.
    const known = last && last.filters === JSON.stringify(this.filters()) && [last.question, last.answer.question.standalone];
    if (!known || !known.includes(question)) this.ask(question);
  }

  disconnectedCallback() {
    queueMicrotask(() => {
      if (this.isConnected || !this.#leave) return;
      this.stop();
      this.#leave.abort();
      this.#leave = null;
    });
  }

  attributeChangedCallback() {
    if (this.#leave && !this.#controller) this.#build();
  }

  open() {
    if (this.isOpen) return;
    this.#before = this.getRootNode().activeElement;
    if (matchMedia("(max-width: 30em)").matches) this.#panel.showModal();
    else this.#panel.show();
    this.#button.hidden = true;
    this.#button.setAttribute("aria-expanded", "true");
    this.#input.focus();
    this.tell("open");
  }

  close() {
    if (this.inline || !this.#panel.open) return;
    this.#panel.close();
    this.#button.hidden = false;
    this.#button.setAttribute("aria-expanded", "false");
    const before = this.#before;
    (before && before !== this && before !== document.body && before.isConnected ? before : this.#button).focus();
    this.tell("close");
  }

  stop() {
    if (this.#controller) this.#controller.abort();
  }

  clear() {
    this.stop();
    this.#controller = null; // whoever is cleared away has nothing more to say
    if (this.#conversation)
      fetch(`${this.base}/v1/conversations/${encodeURIComponent(this.#conversation)}`, { method: "DELETE" }).catch(() => {});
    this.#turns = [];
    this.#conversation = null;
    this.#keep();
    this.#build();
    this.#input.focus();
    this.tell("clear");
  }

  destroy() {
    this.close();
    this.remove();
    if (window.archiveChat === this) delete window.archiveChat;
  }

  // Asks, and resolves to the answer; to null when it was stopped or there is none.
  async ask(question = this.#input.value) {
    const asked = String(question).trim().slice(0, LONGEST);
    if (!asked || !this.#leave) return null;
    this.stop();
    this.open();
    const controller = (this.#controller = new AbortController());
    if (!this.#turns.length) this.#log.replaceChildren();
    const turn = new Turn(this, asked, JSON.stringify(this.filters()), true);
    this.#turns.push(turn);
    this.#log.append(turn.node);
    const follow = () => (this.#log.scrollTop = Math.max(this.#log.scrollTop, turn.node.offsetTop - 12));
    follow();
    if (this.#input.value.trim() === asked) this.#input.value = "";
    this.#working(true);
    this.tell("ask", { question: asked });
    const heard = (event, data) => {
      turn.heard(event, data);
      if (event === "token") this.tell("token", data);
      follow();
    };
    try {
      turn.finish(await this.#converse(asked, controller, heard));
      this.#conversation = turn.answer.conversation_id;
      this.tell("answer", turn.answer);
      return turn.answer;
    } catch (error) {
      this.#failed(turn, error);
      if (this.#controller === controller) this.#input.value ||= asked; // not of a turn that another or nothing took the place of
      return null;
    } finally {
      if (this.#controller === controller) {
        this.#controller = null;
        this.#working(false);
        follow();
      }
      this.#keep();
    }
  }

  filters() {
    const values = {};
    for (const name of ["from", "to", "source", "tag", "as-of"])
      if (this.getAttribute(name)) values[name.replace("-", "_")] = this.getAttribute(name);
    return values;
  }

  tell(name, detail) {
    this.dispatchEvent(new CustomEvent("archive-chat:" + name, { detail, bubbles: true, composed: true }));
  }

  async #converse(question, controller, heard) {
    const { source, tag, ...days } = this.filters();
    const body = { question, ...days, sources: lists(source), tags: lists(tag) };
    const conversation = this.#conversation;
    if (!conversation) return converse(this.base, body, controller, heard);
    try {
      return await converse(this.base, { ...body, conversation_id: conversation }, controller, heard);
    } catch (error) {
      if (error.status !== 404) throw error; // the server has let the conversation go: begin another
      return converse(this.base, body, controller, heard);
    }
  }

  #failed(turn, error) {
    const { t } = this;
    if (error.kind) {
      turn.trouble(`${t[error.kind]} ${t.kept}`, error.detail, () => {
        this.#turns.splice(this.#turns.indexOf(turn), 1);
        turn.node.remove();
        this.ask(turn.question);
      });
      this.tell("error", { kind: error.kind, detail: error.detail, question: turn.question });
    } else turn.trouble(t.stopped);
  }

  #working(busy) {
    const [send, stop] = this.#panel.querySelectorAll("form > button");
    const focused = [send, stop].includes(this.shadowRoot.activeElement);
    this.#log.setAttribute("aria-busy", busy);
    send.hidden = busy;
    stop.hidden = !busy;
    if (focused) this.#input.focus();
    this.#panel.querySelector("[part=header] button").hidden = !this.#turns.length;
  }

  #keep() {
    const turns = this.#turns.filter(({ answer }) => answer).slice(-KEPT).map(({ question, answer, filters }) => ({ question, answer, filters }));
    const kept = { conversation: this.#conversation, draft: this.#input.value, turns };
    try {
      sessionStorage.setItem(this.#key, JSON.stringify(kept));
    } catch {} // a page that may not keep anything
  }

  #restore() {
    try {
      const kept = JSON.parse(sessionStorage.getItem(this.#key)) || {};
      this.#conversation = kept.conversation;
      this.#turns = kept.turns || [];
      this.draft = kept.draft;
    } catch {}
  }

  #colour() {
    this.#root.classList.toggle("dark", isDark(this));
  }

  #build() {
    const { t, inline } = this;
    const title = this.getAttribute("archive-title") || t.title;
    const open = this.#panel && !inline && this.#panel.open;
    const draft = this.#input ? this.#input.value : this.draft;
    const send = iconButton("send", t.send, null, { type: "submit", part: "send" });
    const stop = iconButton("stop", t.stop, () => this.stop(), { part: "send", hidden: "" });
    this.#input = make("textarea", {
      part: "input", rows: 1, maxlength: LONGEST, "aria-label": t.label, enterkeyhint: "send", autocomplete: "off",
      placeholder: this.getAttribute("placeholder") || t.label,
      keydown: (event) => {
        if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
        event.preventDefault();
        if (!this.#controller) this.ask();
      },
    });
    this.#input.value = draft || "";
    const submit = (event) => event.preventDefault() || this.ask();
    this.#log = make("div", { part: "log", role: "log", "aria-live": "polite", "aria-labelledby": "title", tabindex: 0 });
    const close = inline ? null : iconButton("close", t.close, () => this.close());
    this.#panel = make(
      inline ? "section" : "dialog",
      { part: "panel", "aria-labelledby": "title", cancel: (event) => event.preventDefault() || this.close() },
      make("div", { part: "header" }, make("h2", { id: "title", part: "title", dir: "auto" }, title), iconButton("clear", t.clear, () => this.clear()), close),
      this.#log,
      make("form", { part: "form", submit }, this.#input, send, stop),
    );
    this.#panel.addEventListener("keydown", (event) => event.key === "Escape" && !event.isComposing && this.close());
    this.#button = make(
      "button",
      { type: "button", part: "button", "aria-haspopup": "dialog", "aria-expanded": "false", click: () => this.open() },
      icon("ask"),
      title,
    );
    this.#root.lang = this.language;
    this.#root.dir = this.getAttribute("dir") || (/^(ar|fa|he|ur)\b/.test(this.language) ? "rtl" : "");
    this.#root.replaceChildren(...(inline ? [] : [this.#button]), this.#panel);
    this.#turns = this.#turns.map((turn) => this.#redraw(turn));
    if (this.#turns.length) this.#log.scrollTop = this.#log.scrollHeight;
    else this.#log.append(this.#welcome());
    this.#working(false);
    this.#colour();
    if (open) this.open();
  }

  #redraw({ question, answer, filters }) {
    const turn = new Turn(this, question, filters);
    if (answer) turn.finish(answer);
    else turn.trouble(this.t.stopped);
    this.#log.append(turn.node);
    return turn;
  }

  #welcome() {
    const { t } = this;
    const rows = lists(this.getAttribute("questions")).map((text) => make("button", { type: "button", class: "row", part: "suggestion", dir: "auto", click: () => this.ask(text) }, text));
    return make(
      "div",
      { part: "welcome" },
      make("p", { part: "greeting", dir: "auto" }, this.getAttribute("greeting") || t.greeting),
      ...rows,
    );
  }
}
