// Talking to the server. What goes wrong is thrown as { kind, detail }: `kind` names its text, `detail` is the server's word.
const SLOW = 6000; // ms without a word until the reader is told that it takes longer
const LATE = 60000; // ms without a word until it is given up

const post = (url, body, signal) =>
  fetch(url, { method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify(body), signal });

const refusal = async (response) => {
  const { status, headers } = response;
  const wait = headers.get("retry-after");
  if (status === 429 || wait) return { kind: "busy", detail: wait && wait + " s" };
  return { kind: "failed", status, ...(await response.json().catch(() => null)) };
};

// Yields [event, data] of a server-sent stream.
async function* events(body) {
  const reader = body.pipeThrough(new TextDecoderStream()).getReader();
  for (let rest = ""; ; ) {
    const { value, done } = await reader.read();
    if (done) return;
    const frames = (rest + value).split(/\r?\n\r?\n/);
    rest = frames.pop();
    for (const frame of frames) {
      // Our server's are of one line each; what else JavaScript holds for the end of a line (U+2028) may stand in one.
      const field = (name) => (frame.match(new RegExp(`(?:^|\n)${name}: ?([^\r\n]*)`)) || [])[1];
      if (field("data")) yield [field("event"), JSON.parse(field("data"))];
    }
  }
}

// Asks, calls heard(event, data) for every event, and returns the answer.
async function converse(base, body, controller, heard) {
  const { signal } = controller;
  let answer, late, slow;
  let trouble = "unreachable";
  const wait = () => {
    clearTimeout(late);
    clearTimeout(slow);
    slow = setTimeout(heard, SLOW, "slow");
    late = setTimeout(() => controller.abort("late"), LATE);
  };
  try {
    wait();
    const response = await post(base + "/v1/ask", { ...body, stream: true }, signal);
    if (!response.ok) throw await refusal(response);
    trouble = "broken";
    for await (const [event, data] of events(response.body)) {
      wait();
      if (event === "error") throw { kind: "failed", ...data };
      if (event === "answer") answer = data;
      heard(event, data);
    }
  } catch (error) {
    if (error.kind || signal.aborted) throw error.kind ? error : { kind: signal.reason === "late" && "late" };
  } finally {
    clearTimeout(late);
    clearTimeout(slow);
  }
  if (answer) return answer;
  throw { kind: navigator.onLine === false ? "offline" : trouble };
}
