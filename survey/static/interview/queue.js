// What waits to be saved: in order, one request at a time, kept in this browser first; it leaves once it is committed.

import { fieldOf, keyOf, placeOf, seen, show, stands, trouble } from "./fields.js";
import { newId } from "./ids.js";
import { alive, Line } from "./line.js";
import { recount } from "./rail.js";
import { request, results, Sender } from "./sender.js";
import { alone } from "./tabs.js";

const KEEP_EVERY = 250;
const TOGETHER = { entries: 100, characters: 1_000_000 };
const TRIES = 3;
const PATIENCE = 3000;

const tell = (what, detail) => document.dispatchEvent(new CustomEvent(`recension:${what}`, { detail }));

/**
 * An entry: {id, state, words: {kind, path, body, form, after}}, and for an answer its {key, field, part}. One whose
 * words stand nowhere on the page has no field; `after` is the entry that was written over, by who saw its words.
 */
export class Queue {
  constructor(call, outbox) {
    this.call = call;
    this.outbox = outbox;
    this.entries = [];
    this.versions = new Map(); // of what was acknowledged, by id
    this.why = null; // nothing is sent just now
    this.sender = new Sender(call);
    this.line = new Line(() => this.back());
    this.running = null;
    document.addEventListener("recension:signed-in", () => this.settled());
    document.addEventListener("recension:send", ({ detail: done }) => this.settled().then(done));
  }

  get idle() {
    return !this.entries.length;
  }

  /** Whether everything is in the browser's own database, were the page to go away now. */
  get kept() {
    return this.idle || Boolean(this.outbox && !this.writing && this.entries.every(({ seq, dirty }) => seq && !dirty));
  }

  /** Keeps what waits in the browser's own database from now on, and what was touched before it opened. */
  keepIn(outbox) {
    this.outbox = outbox;
    const early = this.entries.filter(({ dirty }) => !dirty);
    this.keep();
    return this.write(early);
  }

  of(state) {
    return this.entries.filter((entry) => entry.state === state);
  }

  /** Notes that a field changed. What was sent and is not acknowledged yet stays as it was, and goes first. */
  touch(field, part) {
    const key = keyOf(placeOf(field, part));
    const before = this.entries.filter((entry) => entry.key === key && entry.field);
    let entry = before.find((one) => !one.frozen);
    if (entry) this.keeping ??= setTimeout(() => this.keep(), KEEP_EVERY);
    else {
      entry = { id: newId(), state: "waiting", key, field, part, after: before.findLast((one) => one.state === "waiting")?.id };
      this.entries.push(entry);
    }
    entry.dirty = true;
    if (!before.includes(entry)) {
      this.keep();
      this.discard(...before.filter((one) => one.state === "aside"));
    }
    this.say();
    return key;
  }

  /** Puts any other request in line: {kind, path, body}, `form: true` for what is sent as a form. */
  send(words) {
    const entry = { id: newId(), state: "waiting", frozen: true, words };
    this.entries.push(entry);
    this.write([entry]);
    this.say();
    return this.flush();
  }

  /** Takes up what a tab that is gone had not sent: in its field, unless somebody who did not see it wrote there. */
  adopt(records) {
    const over = new Map(this.entries.map(({ key, words }) => [key, words.after])); // what stands there was written over
    const place = ({ id, words: { body, after } }) => {
      const key = keyOf(body);
      const stands = !over.has(key) || over.get(key) === id;
      if (stands) over.set(key, after);
      return { key, part: body.part, field: stands ? fieldOf(this.call, body) : null };
    };
    const own = [...records].reverse().map((record) => {
      const placed = record.words.kind === "answer" ? place(record) : {};
      return { ...record, ...placed, state: "waiting", frozen: true };
    });
    own.reverse();
    this.entries = [...own, ...this.entries];
    this.say();
    return this.write(own);
  }

  /** Writes to the browser's database what changed since, and at one stroke with it `others`. */
  keep(...others) {
    clearTimeout(this.keeping);
    this.keeping = null;
    const changed = this.entries.filter((entry) => entry.dirty);
    changed.forEach((entry) => this.describe(entry));
    return this.write([...others, ...changed]);
  }

  describe(entry) {
    const { id, field, part, after } = entry;
    const body = { id, ...placeOf(field, part), ...stands(field, part), version: Number(seen(field, part).value) };
    entry.words = { kind: "answer", body, after };
    entry.dirty = false;
  }

  async write(entries) {
    if (!entries.length || !this.outbox) return;
    this.writing = (this.writing ?? 0) + 1;
    try {
      await this.outbox.put(...entries);
    } catch {
      this.outbox = null;
      tell("memory");
    }
    this.writing -= 1;
  }

  discard(...entries) {
    this.entries = this.entries.filter((entry) => !entries.includes(entry));
    if (entries.length) this.outbox?.drop(...entries).catch(() => {});
    this.say();
  }

  /** Sends what waits; asked again meanwhile, it looks again at the end, so that nothing touched late is forgotten. */
  flush() {
    for (const entry of this.entries) entry.due = true;
    if (this.line.timer) return this.keep();
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
    this.line.rest();
    await this.flush();
    if (!this.idle && !this.why) await this.flush();
    return this.idle;
  }

  /** Whether the server answers, before one leaves for a page that it must draw; the page says so where it does not. */
  async reached() {
    const answers = await alive(PATIENCE);
    if (!answers) this.wait("waiting");
    else if (this.why === "waiting") this.back();
    return answers;
  }

  /** The server answers again. */
  back() {
    if (this.next().length) return this.flush();
    this.why = null;
    this.line.up();
    this.say();
  }

  async run() {
    await this.keep();
    while (this.next().length) {
      if (!(await alone(this.call, () => this.deliver()))) break;
      this.why = null;
      this.line.up();
    }
    if (this.why && !this.line.timer) this.line.down(); // nothing was sent that would have said whether it is up
    this.say();
  }

  /** What goes next: answers together, a field once; anything else alone, in its turn. */
  next() {
    const due = this.of("waiting").filter((entry) => entry.due);
    if (due[0]?.words.last && this.of("aside").length) return []; // an interview does not end on a word that is not saved
    if (due.length && (due[0].words.kind !== "answer" || due[0].alone)) return [due[0]];
    const keys = new Set();
    let characters = 0;
    const end = due.findIndex((entry) => {
      const stop = entry.words.kind !== "answer" || entry.alone || keys.has(entry.key) || keys.size === TOGETHER.entries;
      keys.add(entry.key);
      characters += JSON.stringify(entry.words).length;
      return stop || (keys.size > 1 && characters > TOGETHER.characters);
    });
    return end < 0 ? due : due.slice(0, end);
  }

  /** Sends what goes next, chosen in its turn: whoever had to wait for another tab may have gone back on it. */
  async deliver() {
    const entries = this.next();
    if (!entries.length) return false;
    await this.write(entries.filter((entry) => this.freeze(entry)));
    const answer = await this.sender.post(request(this.call, entries));
    if (answer.again) return this.wait(answer.again, answer.after);
    if (entries.length > 1 && answer.status !== 200) return entries.every((entry) => (entry.alone = true));
    if (answer.status >= 500 && (entries[0].tries = (entries[0].tries ?? 0) + 1) < TRIES) return this.wait("waiting");
    const told = results(entries, answer);
    await this.keep(...entries.flatMap((entry, n) => this.settle(entry, told[n])));
    return true;
  }

  /** What is about to be sent no longer changes. Whether it had to be written again. */
  freeze(entry) {
    const changed = Boolean(entry.dirty);
    if (changed) this.describe(entry);
    entry.frozen = true;
    const version = this.versions.get(entry.words.after);
    if (version !== undefined) entry.words.body.version = version;
    return changed;
  }

  /** Those to be written after what the server answered of one: what follows it in its field saw it acknowledged. */
  settle(entry, { status, said }) {
    const newer = this.entries.find(({ words }) => words.after === entry.id);
    if (status >= 200 && status < 300) {
      this.entries = this.entries.filter((one) => one !== entry);
      entry.state = "kept";
      entry.words.acknowledged = said.version;
      if (entry.key) this.acknowledge(entry, said, newer);
      tell("acknowledged", { entry, said });
      return newer?.frozen ? [entry, newer] : [entry];
    }
    if (newer) {
      this.discard(entry);
      return [];
    }
    entry.state = "aside";
    entry.sentence = said.error ?? this.call.dataset.saysRefused;
    if (status === 409 && entry.field) tell("conflict", { queue: this, entry, theirs: said });
    else if (entry.field) this.refuse(entry);
    else tell("refused", { entry, said });
    return [entry];
  }

  acknowledge(entry, said, newer) {
    const { id, field, part } = entry;
    this.versions.set(id, said.version);
    if (newer?.frozen) newer.words.body.version = said.version;
    if (!field) return;
    if (newer && !newer.frozen) newer.dirty = true;
    const version = seen(field, part);
    if (said.version >= Number(version.value)) version.value = said.version;
    else if (entry.before && !newer) show(field, part, entry.before); // it had been saved, and others wrote since
    trouble(field).replaceChildren();
    recount(field, this.call);
  }

  /** Says at its field why an answer is not saved. It stays so until the field changes; the others go on. */
  refuse({ field, sentence }) {
    const said = document.createElement("p");
    said.className = "field-error";
    said.setAttribute("role", "alert");
    said.textContent = sentence;
    trouble(field).replaceChildren(said);
    recount(field, this.call);
  }

  wait(why, least) {
    this.why = why;
    this.line.down(least);
    this.say();
    return false;
  }

  say() {
    const { length: waiting } = this.of("waiting");
    const state = this.why ?? (waiting ? "saving" : this.idle ? "saved" : "refused");
    tell("state", { state, waiting, queue: this });
  }
}
