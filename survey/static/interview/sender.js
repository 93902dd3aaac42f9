// One request to the server, and what its answer means for what waits: done, refused, or to be tried again and why.

import { attend, stop } from "../session.js";

const SECONDS = 30;

export class Sender {
  constructor(call) {
    this.call = call;
  }

  /** {status, said} of an answer that settles something, or {again, after}: why, and in how many milliseconds at least. */
  async post({ path, body, type }, renewed = false) {
    let answer;
    try {
      answer = await fetch(path, {
        method: "POST",
        headers: { "Content-Type": type, Accept: "application/json", "X-CSRFToken": this.call.dataset.csrf },
        body,
        redirect: "manual",
        signal: AbortSignal.timeout(SECONDS * 1000),
        keepalive: body.length < 20_000, // a short save outlives the page that it leaves; browsers allow no more than 64 KiB
      });
    } catch {
      return { again: "waiting" };
    }
    attend(answer);
    const { status } = answer;
    if (status === 401 || answer.type === "opaqueredirect") return { again: "signed-out" };
    if (status === 423) return { again: "closed" };
    if ([429, 502, 503, 504].includes(status)) return { again: "waiting", after: 1000 * (Number(answer.headers.get("Retry-After")) || 0) };
    const said = await answer.json().catch(() => null);
    if (answer.ok && !said) return { again: "waiting" };
    if (status === 400 && said?.csrf_token && !renewed) return this.renew(said, { path, body, type });
    return { status, said: said ?? {} };
  }

  /** Somebody signed in again since this page was drawn: the same person goes on, another one sends nothing. */
  renew({ csrf_token: token, user_id: user }, asked) {
    if (String(user) !== this.call.dataset.user) {
      stop();
      return { again: "signed-out" };
    }
    this.call.dataset.csrf = token;
    for (const hidden of document.querySelectorAll("input[name=csrf_token]")) hidden.value = token;
    return this.post(asked, true);
  }
}

export const answersTo = (call) => call.dataset.answers;

/** The request for what goes next: several answers together, anything else alone. */
export function request(call, entries) {
  const json = (path, words) => ({ path, body: JSON.stringify(words), type: "application/json" });
  const [{ words }] = entries;
  if (words.kind !== "answer") {
    if (!words.form) return json(words.path, words.body);
    return { path: words.path, body: String(new URLSearchParams(words.body)), type: "application/x-www-form-urlencoded" };
  }
  const saves = entries.map((entry) => entry.words.body);
  return json(answersTo(call), saves.length === 1 ? saves[0] : { saves });
}

/** The answer to each of these entries. */
export function results(entries, { status, said }) {
  if (entries.length === 1) return [{ status, said }];
  return said.results.map((one) => ({ status: one.status, said: one }));
}
