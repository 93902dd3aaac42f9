// What waits to be saved. One request at a time, in order; an entry leaves only when the server has committed it.

import { newId } from "./ids.js";
import { noteOf, recordOf, reasonOf, setNote, setReason, setValue, valueOf } from "./items.js";
import { recount } from "./rail.js";

/** Where the page keeps the version of a field that it last saw. */
const seen = (field, note) => field.querySelector(`input[name$="${note ? "__note_version" : "__version"}"]`);

const RETRY = [1000, 2000, 4000, 8000];

export class Queue {
  constructor(call) {
    this.call = call;
    this.state = call.querySelector(".save-state");
    this.waiting = new Map();
    this.blocks = [];
    this.stuck = false;
    this.failures = 0;
    this.running = null;
  }

  get idle() {
    return !this.waiting.size && !this.blocks.length;
  }

  /** Notes that a field changed. What was sent and not yet acknowledged is sent again first, as it was. */
  touch(field, part) {
    const key = `${recordOf(field).dataset.block}/${field.dataset.item}/${part}`;
    const entry = this.waiting.get(key) ?? { field, part, sent: null };
    entry.changed = true;
    entry.held = false;
    this.waiting.set(key, entry);
    this.say("saving");
    return key;
  }

  addBlock(uid) {
    this.blocks.push(uid);
    this.say("saving");
    return this.flush();
  }

  /** Sends what waits; asked again meanwhile, it looks again at the end, so that nothing touched late is forgotten. */
  flush() {
    if (this.running) {
      this.again = true;
      return this.running;
    }
    this.again = false;
    this.running = this.run().finally(() => {
      this.running = null;
      return this.again ? this.flush() : null;
    });
    return this.running;
  }

  /** Whether everything typed so far is on the server. */
  async settled() {
    await this.flush();
    if (!this.idle && !this.stuck) await this.flush();
    return this.idle;
  }

  async run() {
    clearTimeout(this.timer);
    this.stuck = false;
    while (!this.stuck && this.blocks.length) await this.sendBlock(this.blocks[0]);
    for (const [key, entry] of [...this.waiting]) {
      if (this.stuck) break;
      if (!entry.held) await this.sendAnswer(key, entry);
    }
    if (this.stuck) return;
    this.failures = 0;
    const left = [...this.waiting.values()];
    if (!left.length) this.say("saved");
    else if (left.every((entry) => entry.held)) this.say("refused");
    else await this.run();
  }

  async sendBlock(uid) {
    const body = new URLSearchParams({ uid });
    const response = await this.post(this.call.dataset.add, body, "application/x-www-form-urlencoded");
    if (response?.ok) this.blocks.shift();
    else if (response) this.wait("refused");
  }

  async sendAnswer(key, entry) {
    entry.sent ??= this.asked(entry);
    const response = await this.post(this.call.dataset.answers, JSON.stringify(entry.sent), "application/json");
    if (!response) return;
    const said = await response.json().catch(() => ({}));
    entry.sent = null;
    if (response.ok) this.acknowledge(key, entry, said);
    else if (response.status === 409) this.ask(key, entry, said);
    else if (!entry.changed) this.hold(entry, said.error ?? this.call.dataset.saysRefused);
  }

  /** The save of what stands in the field now, under an id made here. */
  asked(entry) {
    const { field, part } = entry;
    const note = part === "note";
    entry.changed = false;
    return {
      id: newId(),
      block: recordOf(field).dataset.block || null,
      item: field.dataset.item,
      part,
      value: note ? noteOf(field) : valueOf(field),
      reason: note ? null : reasonOf(field) || null,
      version: Number(seen(field, note).value),
    };
  }

  /** The response, or null when it must be tried again. */
  async post(url, body, type, renewed = false) {
    const headers = { "Content-Type": type, Accept: "application/json", "X-CSRFToken": this.call.dataset.csrf };
    let response;
    try {
      // A short save outlives the page that it leaves; browsers allow no more than 64 KiB.
      const keepalive = String(body).length < 20_000;
      response = await fetch(url, { method: "POST", headers, body, redirect: "manual", keepalive });
    } catch {
      return this.wait("waiting");
    }
    if (response.status === 401 || response.type === "opaqueredirect") return this.wait("signed-out");
    if (response.status === 423) return this.wait("closed");
    if (response.status === 400 && !renewed) return this.renew(response, url, body, type);
    if (response.status >= 500 || response.status === 429) return this.wait("waiting");
    return response;
  }

  /** Somebody signed in again since this page was drawn: the same person goes on, another one sends nothing. */
  async renew(response, url, body, type) {
    const { csrf_token: token, user_id: user } = await response.clone().json().catch(() => ({}));
    if (!token) return response;
    if (String(user) !== this.call.dataset.user) return this.wait("signed-out");
    this.call.dataset.csrf = token;
    for (const hidden of document.querySelectorAll("input[name=csrf_token]")) hidden.value = token;
    return this.post(url, body, type, true);
  }

  wait(why) {
    this.stuck = true;
    this.say(why);
    const pause = RETRY[Math.min(this.failures, RETRY.length - 1)];
    this.failures += 1;
    this.timer = setTimeout(() => this.flush(), pause);
    return null;
  }

  acknowledge(key, entry, said) {
    const { field, part } = entry;
    seen(field, part === "note").value = said.version;
    this.trouble(field).replaceChildren();
    recount(field, this.call);
    if (!entry.changed) this.waiting.delete(key);
  }

  /** Keeps an entry that the server refuses until its field changes; the others go on. */
  hold(entry, sentence) {
    entry.held = true;
    const said = document.createElement("p");
    said.className = "field-error";
    said.setAttribute("role", "alert");
    said.textContent = sentence;
    this.trouble(entry.field).replaceChildren(said);
    recount(entry.field, this.call);
  }

  /** Somebody else wrote in this field: shows both, and lets the interviewer choose. */
  ask(key, entry, theirs) {
    const { field, part } = entry;
    const note = part === "note";
    this.hold(entry, this.call.dataset.saysConflict.replace("{who}", theirs.who).replace("{when}", theirs.when));
    const quote = document.createElement("blockquote");
    quote.textContent = this.words(field, theirs, note) || this.call.dataset.saysNothing;
    const choose = (label, act) => {
      const button = document.createElement("button");
      button.type = "button";
      button.className = "button button-secondary small";
      button.textContent = label;
      button.addEventListener("click", () => {
        seen(field, note).value = theirs.version;
        this.trouble(field).replaceChildren();
        act();
        field.querySelector(note ? ".note textarea" : ".control :is(input, textarea)").focus();
        this.flush();
      });
      return button;
    };
    const row = document.createElement("p");
    row.className = "cluster";
    row.append(
      choose(this.call.dataset.saysMine, () => this.touch(field, part)),
      choose(this.call.dataset.saysTheirs, () => {
        if (note) setNote(field, theirs.value);
        else {
          setValue(field, theirs.value);
          setReason(field, theirs.reason ?? "");
        }
        this.waiting.delete(key);
      }),
    );
    this.trouble(field).append(quote, row);
  }

  words(field, theirs, note) {
    const label = (box) => box.closest("label").innerText.trim();
    const values = [theirs.value].flat();
    const boxes = note ? [] : [...field.querySelectorAll(".options input")];
    const reason = [...field.querySelectorAll(".reasons input")].filter((box) => !note && box.value === theirs.reason);
    const answer = boxes.length ? boxes.filter((box) => values.includes(box.value)).map(label) : values;
    return [...answer, ...reason.map(label)].filter(Boolean).join(", ");
  }

  /** Goes to the first answer that is not on the server, which says why. */
  show() {
    const held = [...this.waiting.values()].find((entry) => entry.held);
    held?.field.querySelector(".control :is(input, textarea)").focus();
  }

  trouble(field) {
    return field.querySelector(".trouble");
  }

  say(what) {
    const says = this.call.dataset[`says${what.split("-").map((w) => w[0].toUpperCase() + w.slice(1)).join("")}`];
    const text = says.replace("{n}", this.waiting.size + this.blocks.length);
    if (this.state.textContent !== text) this.state.textContent = text;
    this.state.dataset.state = what;
  }
}
