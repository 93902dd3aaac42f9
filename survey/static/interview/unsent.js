// Words that their writer may not send any more: shown as they were typed, to be copied, and let go.

import { wordsOf } from "./aside.js";
import { openOutbox } from "./outbox.js";

const box = document.querySelector(".kept-words");
const { key, user, interview, saysForget, saysNote, saysAct, saysCopied } = box.dataset;
const names = JSON.parse(box.dataset.names);
const [list, copy, status] = ["ul", ".cluster button", "[role=status]"].map((part) => box.querySelector(part));
const outbox = await openOutbox(key, { user, interview });

async function show() {
  const entries = (await outbox?.read() ?? []).filter(({ state }) => state !== "kept");
  const last = entries.filter(({ id }) => !entries.some(({ words }) => words.after === id));
  const before = (entry) => (entry ? [entry, ...before(entries.find(({ id }) => id === entry.words.after))] : []);
  const told = last.map((entry) => ({ label: called(entry.words), text: inWords(entry.words), entries: before(entry) }));
  const spoken = told.filter(({ text }) => text);
  list.replaceChildren(...told.map(line));
  copy.hidden = !spoken.length;
  copy.onclick = () => copyAll(spoken);
  box.querySelector(".none").hidden = told.length > 0;
}

/** What the field of an answer is called; other words say themselves what they are. */
function called({ kind, body }) {
  if (kind !== "answer") return "";
  const label = names[body.block ? "block" : "interview"][body.item] ?? body.item;
  return body.part === "note" ? `${label} – ${saysNote}` : label;
}

/** What was typed, with codes as the page words them; nothing for an act without words. */
function inWords({ kind, body }) {
  const codes = (kind === "answer" && body.part === "answer" && names.codes[body.item]) || {};
  const reason = kind === "answer" && names.reasons[body.reason];
  return [...wordsOf(body).map((word) => codes[word] ?? word), reason].filter(Boolean).join(", ");
}

function line({ label, text, entries }) {
  const item = document.createElement("li");
  const button = document.createElement("button");
  button.type = "button";
  button.className = "button button-quiet small";
  button.textContent = saysForget;
  button.addEventListener("click", async () => {
    await outbox.drop(...entries);
    await show();
    (list.querySelector("button") ?? document.querySelector("main")).focus();
  });
  item.append(...(text ? [label, quoted(text)] : [saysAct]), button);
  return item;
}

function quoted(text) {
  const quote = document.createElement("blockquote");
  quote.className = "said";
  quote.textContent = text;
  return quote;
}

async function copyAll(told) {
  status.textContent = "";
  await navigator.clipboard.writeText(told.map(({ label, text }) => (label ? `${label}\n${text}` : text)).join("\n\n"));
  status.textContent = saysCopied;
}

show();
