// Somebody else wrote in the field meanwhile: both versions side by side, and two keys to choose.

import { caret } from "../caret.js";
import { differences } from "./differences.js";
import { focus, seen, show, stands, trouble } from "./fields.js";
import { markBoth, recordOf, route } from "./items.js";
import { joined } from "./joining.js";
import { latest } from "./latest.js";
import { named, recount } from "./rail.js";

const CHOICES = ["mine", "theirs", "both"];
const LOOK_EVERY = 2000;

/** What is not settled yet, oldest first: {queue, entry, theirs} by entry. */
const conflicts = new Map();

/** What was made of two versions, by field: {mine, both}. */
const joins = new Map();

document.addEventListener("recension:conflict", ({ detail }) => {
  const { key, field, part } = detail.entry;
  const join = joins.get(key);
  joins.delete(key);
  conflicts.set(detail.entry, detail);
  if (join && stands(field, part).value === join.both) {
    show(field, part, { value: join.mine });
    return settle(detail, "both"); // with what came meanwhile
  }
  ask(detail);
  count(detail.queue);
});
document.addEventListener("recension:state", ({ detail: { queue } }) => conflicts.size && count(queue));
document.addEventListener("keydown", (event) => {
  if (!event.altKey || event.ctrlKey || event.metaKey || event.code !== "KeyC") return;
  event.preventDefault();
  if (conflicts.size) compare();
  else document.querySelector(".row-trouble button")?.focus();
});

/** Says in the bar how many there are; one whose field was typed in again is asked anew, or no more. */
function count(queue) {
  for (const entry of conflicts.keys()) if (!queue.entries.includes(entry)) conflicts.delete(entry);
  const button = queue.call.querySelector(".conflicts");
  const { saysOne, saysMany } = button.dataset;
  button.hidden = !conflicts.size;
  button.firstChild.data = (conflicts.size === 1 ? saysOne : saysMany).replace("{n}", conflicts.size);
  button.onclick = compare;
}

const texts = (field, part) =>
  part === "note" ? ".note textarea" : [".control textarea", ".control input[type=text]:not([inputmode])"].find((one) => field.querySelector(one));

const said = ({ call }, { who, when, yours }) =>
  (yours ? call.dataset.saysConflictYours : call.dataset.saysConflict).replace("{who}", who).replace("{when}", when);

/** At the field: what the other version is, and the choice. */
function ask({ queue, entry, theirs }) {
  const { field, part } = entry;
  const says = queue.call.dataset;
  entry.sentence = said(queue, theirs);
  queue.refuse(entry);
  const quote = document.createElement("blockquote");
  quote.textContent = words(field, part, theirs) || says.saysNothing;
  const row = document.createElement("p");
  row.className = "cluster";
  row.append(...CHOICES.filter((choice) => choice !== "both" || texts(field, part)).map((choice) => button(entry, choice, says)));
  trouble(field).append(quote, row);
}

function button(entry, choice, says) {
  const made = document.createElement("button");
  made.type = "button";
  made.className = "button button-secondary small";
  made.textContent = says[{ mine: "saysMine", theirs: "saysTheirs", both: "saysBoth" }[choice]];
  made.addEventListener("click", () => {
    focus(entry.field, entry.part);
    if (conflicts.has(entry)) settle(conflicts.get(entry), choice); // else it was typed in again, and is asked anew
  });
  return made;
}

/** Takes one version, or both one after the other. A save that met theirs meets a newer one, if there is: it asks again. */
function settle({ queue, entry, theirs }, choice) {
  const { field, part } = entry;
  conflicts.delete(entry);
  if (choice === "both") {
    const { value: mine } = stands(field, part);
    const both = joined(mine, theirs.value ?? "", !texts(field, part).endsWith("textarea"));
    joins.set(entry.key, { mine, both });
    show(field, part, { value: both });
  }
  seen(field, part).value = theirs.version;
  trouble(field).replaceChildren();
  if (choice === "theirs") {
    show(field, part, theirs);
    queue.discard(entry);
  } else queue.touch(field, part);
  markBoth(field);
  route(recordOf(field), queue.call);
  recount(field, queue.call);
  count(queue);
  queue.flush();
}

/** What a version says, in words. */
function words(field, part, { value, reason }) {
  if (part === "note") return value ?? "";
  const labels = (kind, wanted) =>
    [...field.querySelectorAll(`${kind} input`)].filter((box) => wanted.includes(box.value)).map((box) => box.closest("label").innerText.trim());
  const answer = field.querySelector(".options") ? labels(".options", [value].flat()) : [value];
  return [...answer, ...labels(".reasons", [reason])].filter(Boolean).join(", ");
}

/** The oldest that is not settled, side by side, whatever one was doing; then back to that. */
function compare() {
  const dialog = document.querySelector("#conflict");
  if (dialog.open) return;
  const conflict = [...conflicts.values()].find(({ entry }) => entry.field.isConnected);
  if (!conflict) return;
  const { entry } = conflict;
  const { field, part } = entry;
  dialog.querySelector(".which").textContent = named(field);
  dialog.querySelector(".aloud").textContent = field.closest(".question").querySelector(".wording")?.textContent ?? "";
  dialog.querySelector("[value=both]").hidden = !texts(field, part);
  draw(dialog, conflict);
  const back = caret();
  const choose = (event, choice) => {
    event.preventDefault();
    dialog.close();
    back(); // at once: the next letter may come before the event that says the dialog is closed
    if (choice && conflicts.has(entry)) settle(conflicts.get(entry), choice);
  };
  dialog.onkeydown = (event) => {
    const choice = event.key === "Escape" ? "" : CHOICES[Number(event.code.match(/^(?:Digit|Numpad)([123])$/)?.[1]) - 1];
    if (choice !== undefined && !dialog.querySelector(`[value="${choice}"]`).hidden) choose(event, choice);
  };
  dialog.onsubmit = (event) => choose(event, event.submitter.value);
  dialog.showModal();
  const look = () => lookAgain(entry, () => dialog.open && dialog.asks === entry && draw(dialog, conflict));
  dialog.asks = entry;
  const looking = setInterval(look, LOOK_EVERY);
  dialog.addEventListener("close", () => clearInterval(looking), { once: true });
  look();
}

function draw(dialog, { queue, entry, theirs }) {
  const { field, part } = entry;
  dialog.querySelector(".theirs-said").textContent = said(queue, theirs);
  const versions = [stands(field, part), theirs].map((version) => words(field, part, version));
  const sides = dialog.querySelectorAll("blockquote");
  const nothing = queue.call.dataset.saysNothing;
  differences(...versions).forEach((side, n) => sides[n].replaceChildren(...(side.length ? side.map(marked) : [nothing])));
}

/** The other person may be typing still: takes up what stands there now. */
async function lookAgain(entry, changed) {
  const call = document.querySelector(".call");
  const last = await latest(call, entry.field, entry.part).catch(() => null);
  const conflict = conflicts.get(entry);
  if (!last || !conflict || last.version <= conflict.theirs.version) return;
  conflict.theirs = last;
  ask(conflict);
  changed();
}

function marked({ text, differs }) {
  if (!differs) return text;
  const mark = document.createElement("mark");
  mark.textContent = text;
  return mark;
}
