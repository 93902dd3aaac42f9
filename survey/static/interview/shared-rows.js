// Rows in which several may write: kept as they are typed, each with what it had seen; who meets other words chooses.

import { whenTypingPauses } from "./blanks.js";
import { newId } from "./ids.js";

/**
 * Rows of one kind: `of(entry.words)` is the row that an entry is about, `path(row)` where it is sent; `said(row)` its
 * words, `seen(row)` what goes with them; `see(row, seen)` and `show(row, words)` take in what stands on the server.
 */
export class SharedRows {
  constructor(queue, kind, ways) {
    Object.assign(this, { queue, kind, ...ways });
    this.sent = new WeakMap(); // the words of each row as the server has them, or will once the queue is through
    this.typing = new Map();
    this.asked = new Map(); // the entry that was refused, by the row where somebody is to choose
    this.strays = new Set(); // what is sent from here but was written elsewhere, over what is typed here
    addEventListener("pagehide", () => this.typing.forEach((one) => one.waits() && one.now()));
    const follow = (what, act) => {
      document.addEventListener(`recension:${what}`, ({ detail: { entry, said } }) => {
        if (entry.words.kind === kind && !this.strays.has(entry.id)) act(entry, said);
      });
    };
    follow("acknowledged", (entry, said) => this.acknowledge(entry, said));
    follow("refused", (entry, said) => this.refuse(entry, said));
    document.addEventListener("recension:state", () => this.forget());
  }

  /** Sends a row when its typing pauses. */
  later(row) {
    this.pause(row).later();
  }

  now(row) {
    this.pause(row).now();
  }

  pause(row) {
    if (!this.typing.has(row)) this.typing.set(row, whenTypingPauses(() => this.send(row)));
    return this.typing.get(row);
  }

  /** What a row says is on the server, or on its way. */
  know(row) {
    this.sent.set(row, JSON.stringify(this.said(row)));
  }

  knows(row) {
    return this.sent.has(row);
  }

  /** Whether a row says enough to be sent: a new one, anything at all. */
  worth(row, words) {
    return this.knows(row) || Object.values(words).some(Boolean);
  }

  /** Sends a row that says something new; `anyway`, one that does not. */
  send(row, anyway = false) {
    const words = this.said(row);
    if (!anyway && JSON.stringify(words) === this.sent.get(row)) return;
    if (!anyway && !this.worth(row, words)) return;
    const body = { ...this.seen(row), ...words, form_id: newId() };
    const before = this.entries("aside", row);
    this.know(row);
    this.asked.delete(row);
    this.queue.send({ kind: this.kind, path: this.path(row), body, form: true });
    this.queue.discard(...before); // what they say, this says too
  }

  entries(state, row) {
    return this.queue.of(state).filter(({ id, words }) => words?.kind === this.kind && !this.strays.has(id) && this.of(words) === row);
  }

  /** Whether what another page of this browser left is to show in a row: not over what is being typed there. */
  admits(row, { id }) {
    const busy = this.typing.get(row)?.waits() || this.entries("waiting", row).length || this.entries("aside", row).length;
    if (busy) this.strays.add(id);
    return !busy;
  }

  /** What is sent after it follows upon it. Where others wrote since, it does not: it would go over their words. */
  acknowledge({ words }, found) {
    const row = this.of(words);
    if (!row) return;
    const later = this.entries("waiting", row);
    const over = found.stands && (later.length > 0 || !this.says(row, words.body));
    const seen = found.seen ?? (over ? {} : { version: found.version });
    for (const one of later) Object.assign(one.words.body, seen);
    this.queue.write(later);
    this.see(row, seen);
    if (over) return;
    if (found.stands) this.put(row, found.stands);
    if (!later.length) this.settled(row);
  }

  says(row, body) {
    return Object.entries(this.said(row)).every(([name, text]) => body[name] === text);
  }

  put(row, words) {
    this.show(row, words);
    this.know(row);
  }

  /** A row that is sent again meets what stands by itself. The queue keeps what is refused: it is let go of after that. */
  refuse(entry, found) {
    const row = this.of(entry.words);
    if (!row) return;
    const later = this.entries("waiting", row).length || !this.queue.entries.includes(entry);
    const over = later ? [entry] : this.entries("aside", row).filter((one) => one !== entry);
    queueMicrotask(() => this.queue.discard(...over));
    if (later || !found.stands) return;
    this.asked.set(row, { entry, found });
    this.ask(row, found);
  }

  /** At the row: what stands, and the choice. */
  ask(row, found) {
    const says = this.queue.call.dataset;
    const said = document.createElement("p");
    said.className = "field-error";
    said.textContent = found.error;
    const choice = document.createElement("p");
    choice.className = "cluster";
    choice.append(
      button(says.saysMine, () => this.keep(row, found)),
      button(says.saysTheirs, () => this.giveWay(row, found)),
    );
    const trouble = row.querySelector(".row-trouble") ?? row.appendChild(document.createElement("div"));
    if (trouble.firstChild?.textContent === found.error) trouble.lastChild.replaceWith(choice);
    else trouble.replaceChildren(said, choice);
    trouble.className = "row-trouble";
    trouble.setAttribute("role", "alert");
  }

  keep(row, found) {
    this.see(row, found.seen ?? { version: found.version });
    this.settled(row);
    this.send(row, true);
    focus(row);
  }

  giveWay(row, found) {
    this.see(row, found.seen ?? { version: found.version });
    this.settled(row);
    this.put(row, found.stands);
    this.queue.discard(...this.entries("waiting", row), ...this.entries("aside", row));
    focus(row);
  }

  settled(row) {
    this.asked.delete(row);
    row.querySelector(".row-trouble")?.remove();
  }

  /** Who gives up words in the list of what is refused takes the others. */
  forget() {
    for (const [row, { entry, found }] of this.asked) if (!this.queue.entries.includes(entry)) this.giveWay(row, found);
  }
}

const focus = (row) => row.querySelector("input:not([type=hidden]), textarea").focus();

function button(label, act) {
  const made = document.createElement("button");
  made.type = "button";
  made.className = "button button-secondary small";
  made.textContent = label;
  made.addEventListener("click", (event) => {
    event.stopPropagation();
    act();
  });
  return made;
}
