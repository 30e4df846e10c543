// One question and what came of it.
const WORD_DELAY = 16; // ms between the words of a sentence as it is revealed

const day = (published, language) =>
  published && new Date(published).toLocaleDateString(language, { dateStyle: "long", timeZone: "UTC" });

const about = (item, language) =>
  make("small", { dir: "auto" }, [item.source, day(item.published, language)].filter(Boolean).join(" · "));

const place = (base, item) =>
  `${base}/articles/${encodeURIComponent(item.article_id)}?start=${item.start}&end=${item.end}${item.hash ? "&hash=" + item.hash : ""}#quote`;

// The text with its answer spans in bold; `until` staggers the words of what is being revealed.
const sentenceParts = (sentence, reveal) => {
  const words = (text) =>
    reveal
      ? text.split(/(?<=\s)/).map((word) => {
          const node = make("span", { class: "word" }, word);
          node.style.animationDelay = reveal.next() + "ms";
          return node;
        })
      : [text];
  const parts = [];
  let at = 0;
  for (const [start, end] of sentence.marks) {
    parts.push(...words(slice(sentence.text, at, start)));
    parts.push(make("strong", { part: "mark" }, ...words(slice(sentence.text, start, end))));
    at = end;
  }
  return [...parts, ...words(slice(sentence.text, at))];
};

const lines = (text) => text.replace(/\s*\n\s*/g, "\n");

const card = (chat, cited) => {
  const { t, base, language } = chat;
  const [from, to] = cited.span || [0, 0];
  const quote = make("mark", null, slice(cited.quote, 0, from), make("b", null, slice(cited.quote, from, to)), slice(cited.quote, to));
  return make(
    "details",
    { part: "card" },
    make(
      "summary",
      null,
      make("i", null, cited.number),
      make("span", null, make("b", { dir: "auto" }, cited.title), about(cited, language)),
    ),
    make("blockquote", { part: "quote", dir: "auto" }, lines(cited.before), quote, lines(cited.after)),
    cited.also.length ? make("p", { dir: "auto" }, t.also + " " + cited.also.join(", ")) : null,
    make("p", null, cited.link ? anchor(cited.link, t.original) : null, anchor(place(base, cited), t.archive)),
  );
};

const plain = ({ sentences, reason, citations }) =>
  [
    sentences.map((said) => said.text + said.citations.map((number) => ` [${number}]`).join("")).join(" "),
    reason,
    citations.map((cited) => `[${cited.number}] ` + [cited.title, cited.source, cited.published, cited.url].filter(Boolean).join(", ")).join("\n"),
  ]
    .filter(Boolean)
    .join("\n\n");

class Turn {
  constructor(chat, question, filters, live) {
    Object.assign(this, { chat, question, filters, live, shown: [], until: 0 });
    this.status = make("p", { class: "dim text" }, chat.t.looking);
    this.text = make("p", { class: "text", part: "answer", dir: "auto" });
    this.rest = make("div");
    const asked = make("h3", { part: "question", dir: "auto" }, question);
    this.node = make("article", { part: "turn", class: live ? "live" : null }, asked, this.text, this.status, this.rest);
  }

  // Called for every event of the stream; "slow" is our own.
  heard(event, data) {
    if (event === "slow") this.status.textContent = this.chat.t.slow;
    if (event === "token") this.say(data);
  }

  say(sentence) {
    this.status.remove();
    this.shown.push(sentence.text);
    const now = performance.now();
    this.until = Math.max(this.until, now);
    const reveal = this.live && { next: () => (this.until += WORD_DELAY) - WORD_DELAY - now };
    // The space goes before: at the end of a line it has no place, and would count as moving when it gets one.
    if (this.shown.length > 1) this.text.append(" ");
    this.text.append(...this.parts(sentence, reveal));
  }

  // The sentence, and a button for each of its citations.
  parts(sentence, reveal) {
    const numbers = sentence.citations.flatMap((number) => [
      "\u2060",
      make("button", { part: "citation", class: "cite", "aria-label": `${this.chat.t.sources} ${number}`, click: () => this.cite(number) }, number),
    ]);
    return [...sentenceParts(sentence, reveal), ...numbers];
  }

  // Opens the card of a citation; one that is chosen before the sources have come opens when they have.
  cite(number) {
    this.chosen = number;
    if (!this.answer) return;
    const place = this.answer.citations.findIndex((cited) => cited.number === number);
    const found = this.rest.querySelectorAll("details")[place];
    if (!found) return;
    found.open = true;
    found.firstChild.focus();
    found.scrollIntoView({ block: "nearest" });
    this.chat.tell("citation", this.answer.citations[place]);
  }

  finish(answer) {
    const { t } = this.chat;
    this.answer = answer;
    this.status.remove();
    if (answer.sentences.map((said) => said.text).join() !== this.shown.join()) {
      this.text.textContent = "";
      this.shown = [];
      answer.sentences.forEach((said) => this.say(said));
    }
    const as = answer.question.standalone;
    const understood = as !== answer.question.text ? make("p", { class: "dim", dir: "auto" }, `${t.understood} ${as}`) : null;
    this.rest.append(understood || "", ...(answer.status === "answered" ? this.sources() : this.nothing()), this.actions());
    if (this.chosen) this.cite(this.chosen);
  }

  // What an answer may be relied on for. Of a digest or timeline the sentences are shown anew: when they came, nobody
  // knew yet what kind of answer they are, nor their dates.
  sources() {
    const { t, language } = this.chat;
    const { question, sentences, citations, reason } = this.answer;
    const item = (said) => {
      const { published } = citations.find((cited) => cited.number === said.citations[0]);
      return make("li", null, about({ published }, language), ...this.parts(said));
    };
    if (/digest|timeline/.test(question.intent))
      this.text.replaceWith(make("ul", { class: "text", part: "answer", dir: "auto" }, ...sentences.map(item)));
    return [
      reason ? make("p", { part: "reason", dir: "auto", lang: "en" }, reason) : "",
      make("h4", null, t.sources),
      ...citations.map((cited) => card(this.chat, cited)),
    ];
  }

  nothing() {
    const { t, base, language } = this.chat;
    const seen = new Set();
    const near = this.answer.hits.filter((hit) => seen.size < 3 && !seen.has(hit.article_id) && seen.add(hit.article_id));
    this.text.textContent = t.none;
    const item = (hit) =>
      make("li", null, anchor(place(base, hit), make("b", { dir: "auto" }, hit.title)), about(hit, language), make("p", { dir: "auto" }, hit.snippet));
    return [
      make("details", { part: "reason" }, make("summary", null, t.why), make("p", { dir: "auto", lang: "en" }, this.answer.reason)),
      ...(near.length ? [make("h4", null, t.nearest), make("ul", { part: "nearest" }, ...near.map(item))] : []),
    ];
  }

  actions() {
    const { t } = this.chat;
    const said = make("small", { role: "status" });
    const copy = () => navigator.clipboard.writeText(plain(this.answer)).then(() => (said.textContent = t.copied));
    const thumbs = ["up", "down"].map((rating) => iconButton(rating, t[rating], () => this.rate(rating, thumbs, said), { "aria-pressed": "false" }));
    const copies = navigator.clipboard && this.answer.status === "answered"; // there is none on pages that are not https
    return make("div", { part: "actions" }, ...thumbs, copies ? iconButton("copy", t.copy, copy) : null, said);
  }

  async rate(rating, thumbs, said) {
    const { chat, answer, question } = this;
    const press = (pressed) => thumbs.forEach((thumb, place) => thumb.setAttribute("aria-pressed", pressed === place));
    press(rating === "up" ? 0 : 1);
    const { ok } = await post(chat.base + "/v1/feedback", { question, rating, answer_id: answer.answer_id }).catch(() => ({}));
    said.textContent = ok ? chat.t.thanks : chat.t.unreachable;
    if (ok) chat.tell("feedback", { rating, answer });
    else press();
  }

  // `again` is null where there is nothing to try again.
  trouble(said, detail, again) {
    this.status.remove();
    this.rest.append(
      make("p", { part: "error" }, said, detail ? make("small", { dir: "auto" }, detail) : null),
      again ? make("button", { type: "button", class: "row", click: again }, this.chat.t.retry) : "",
    );
  }
}
