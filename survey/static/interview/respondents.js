// Who answers after the first person: rows that are kept as they are typed, by the same line as the answers.

import { drawn } from "./blanks.js";
import { newId } from "./ids.js";
import { SharedRows } from "./shared-rows.js";
import { nameOf, partAtHand } from "./time.js";

const rowOf = (place, uid) => place.querySelector(`.respondent[data-uid="${CSS.escape(uid)}"]`);
const elementsOf = (row) => row.querySelector(".respondent-words").elements;
const asSaid = ({ name, function: work }) => [name, work].filter(Boolean).join(", ");
const path = (form) => new URL(form.action).pathname;

export function listenToRespondents(call, queue) {
  const place = call.querySelector("#respondents");
  const adding = place.querySelector(".respondent.new form");
  if (!adding) return;
  const blank = adding.closest(".respondent");
  let last = partAtHand(call);
  const rows = new SharedRows(queue, "respondent", {
    of: ({ body }) => rowOf(place, body.uid),
    path: (row) => path(row.querySelector(".respondent-words")),
    said,
    seen: (row) => ({ uid: row.dataset.uid, version: elementsOf(row).version.value, value: asSaid(said(row)) }),
    see: (row, { version }) => version && (elementsOf(row).version.value = version),
    show: (row, words) => show(call, row, words),
    worth: (_row, { name }) => Boolean(name),
  });
  const named = (row) => Boolean(said(row).name);
  for (const row of place.querySelectorAll(":scope > .respondent")) rows.know(row);
  begin(blank);

  call.addEventListener("focusin", ({ target }) => {
    if (!place.contains(target)) last = target.closest("[data-part]") ?? last;
  });
  place.querySelector("summary").addEventListener("click", (event) => {
    const details = blank.closest("details");
    if (details.open) return;
    event.preventDefault(); // by itself it would open later, and the first letters would be lost
    details.open = true;
    offer(call, adding.elements.from, nameOf(last));
    adding.elements.name.focus();
  });
  place.addEventListener("submit", (event) => {
    event.preventDefault();
    event.stopPropagation();
    const form = event.target;
    if (form === adding) return add(call, rows, blank);
    const row = form.closest(".respondent");
    return form.matches(".respondent-words") ? named(row) && rows.now(row) : leave(queue, form);
  });
  place.addEventListener("input", ({ target }) => rows.later(target.closest(".respondent")));
  place.addEventListener("change", ({ target: { form } }) => {
    const row = form.closest(".respondent");
    if (named(row)) rows.now(row);
    else if (row !== blank) form.reportValidity();
  });
  document.addEventListener("recension:replay", ({ detail: entry }) => {
    const { words, state } = entry;
    if (words.kind === "respondent" && rows.admits(rowOf(place, words.body.uid), entry)) {
      const row = draw(call, words.body);
      elementsOf(row).version.value = state === "kept" ? words.acknowledged : words.body.version;
      rows.know(row);
    }
    if (words.kind === "respondent-act") gone(rowOf(place, words.uid), words.path.endsWith("/remove"));
  });
}

/** Offers the parts that the page has now, the one where the call is chosen. */
function offer(call, choice, here) {
  const parts = [...call.querySelectorAll("[data-part]:not(#initiatives)")];
  const blocks = parts.filter((part) => part.matches(".block"));
  choice.replaceChildren(
    ...parts.map((part) => {
      const called = part.querySelector('input[name="name"]')?.value.trim();
      const title = part.querySelector("h2, h3").textContent;
      return new Option(called ? `${blocks.indexOf(part) + 1} – ${called}` : title, nameOf(part), false, nameOf(part) === here);
    }),
  );
}

/** The blank is that of somebody new. */
function begin(blank) {
  blank.dataset.uid = newId();
  elementsOf(blank).version.value = 0;
}

/** Who was typed in the blank, and is perhaps saved already, gets a row. */
function add(call, rows, blank) {
  const words = said(blank);
  const { name, version } = elementsOf(blank);
  if (!words.name) return name.focus();
  rows.now(blank);
  const { uid } = blank.dataset;
  const seen = version.value;
  begin(blank);
  const row = draw(call, { ...words, uid });
  elementsOf(row).version.value = seen;
  rows.know(row);
  blank.querySelector("form").reset();
  blank.closest("details").open = false;
  return call.querySelector("#respondents").focus();
}

function leave(queue, form) {
  const row = form.closest(".respondent");
  gone(row, form.matches(".respondent-remove"));
  row.querySelector(".respondent-words:not([hidden]) input:not([type=hidden]), button").focus();
  const { uid } = row.dataset;
  return queue.send({ kind: "respondent-act", path: path(form), uid, body: { form_id: newId() }, form: true });
}

function said(row) {
  const { name, function: work, from } = elementsOf(row);
  return { name: name.value.trim(), function: work.value.trim(), from: from.value };
}

/** Shows a respondent, in a row of their own. */
function draw(call, { uid, ...words }) {
  const place = call.querySelector("#respondents");
  let row = rowOf(place, uid);
  if (!row) {
    row = drawn("blank-respondent", uid);
    place.querySelector("details").before(row);
  }
  show(call, row, words);
  return row;
}

function show(call, row, words) {
  const { name, function: work, from } = elementsOf(row);
  [name.value, work.value] = [words.name, words.function ?? ""];
  offer(call, from, words.from);
}

function gone(row, away) {
  if (row) row.toggleAttribute("data-gone", away);
}
