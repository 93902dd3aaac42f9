// Whom the respondent named (Q.14): rows that are kept as they are typed, beside the two fields of the paper.

import { drawn, whenTypingPauses } from "./blanks.js";
import { newId } from "./ids.js";

const rows = (call) => call.querySelector(".referral-rows");
const rowOf = (call, id) => rows(call).querySelector(`.referral[data-id="${CSS.escape(id)}"]`);
const boxes = (row) => [...row.querySelectorAll(".words :is(input, textarea)")];
const said = (row) => Object.fromEntries(boxes(row).map((box) => [box.name, box.value.trim()]));
const known = new WeakMap();

/** Follows the rows of a call. */
export function keepReferrals(call, queue) {
  const place = call.querySelector(".referrals");
  const typing = new Map();
  const pause = (row) => {
    if (!typing.has(row)) typing.set(row, whenTypingPauses(() => send(call, queue, row)));
    return typing.get(row);
  };
  for (const row of rows(call).children) known.set(row, JSON.stringify(said(row)));
  place.addEventListener("input", (event) => pause(event.target.closest(".referral")).later());
  place.addEventListener("change", (event) => pause(event.target.closest(".referral")).now());
  addEventListener("pagehide", () => typing.forEach((one) => one.waits() && one.now()));
  place.addEventListener("click", (event) => {
    const button = event.target.closest("button");
    if (!button) return;
    event.preventDefault();
    if (button.matches(".add-referral")) return rowOf(call, addReferral(call, queue)).querySelector("input").focus();
    const row = button.closest(".referral");
    return act(call, queue, row, "gone" in row.dataset ? "restore" : "remove");
  });
  call.querySelector(".referral-forms").addEventListener("submit", (event) => {
    event.preventDefault();
    event.stopPropagation();
  });
  document.addEventListener("recension:replay", ({ detail }) => replay(call, detail));
  document.addEventListener("recension:acknowledged", ({ detail: { entry } }) => acknowledge(call, entry));
}

/** A new row, with what is known already; its id. One that says nothing is not sent. */
export function addReferral(call, queue, words = {}) {
  const id = newId();
  const row = show(call, id, words);
  send(call, queue, row);
  return id;
}

function show(call, id, words) {
  const row = rowOf(call, id) ?? rows(call).appendChild(drawn("blank-referral", id));
  for (const box of boxes(row)) box.value = words[box.name] ?? "";
  return row;
}

function send(call, queue, row) {
  const words = said(row);
  const { id, version } = row.dataset;
  if (JSON.stringify(words) === known.get(row) || (version === "0" && !Object.values(words).some(Boolean))) return;
  known.set(row, JSON.stringify(words));
  row.dataset.version = Number(version) + 1; // what it will be once this is taken in: what follows is sent after it
  const value = Object.values(words).filter(Boolean).join(", ");
  const body = { id, version, ...words, value, form_id: newId() };
  queue.send({ kind: "referral", path: call.querySelector(".referrals").dataset.path, body, form: true });
}

function act(call, queue, row, what) {
  const never = row.dataset.version === "0";
  if (never) return row.remove();
  const { path } = call.querySelector(".referrals").dataset;
  queue.send({ kind: "referral-act", path: `${path}/${row.dataset.id}/${what}`, body: { form_id: newId() }, form: true });
  return mark(row, what);
}

function mark(row, what) {
  row.toggleAttribute("data-gone", what === "remove");
  const words = said(row);
  row.querySelector(".gone em").textContent = words.organisation || words.person || words.note || "—";
}

/** The server counts the changes of everybody. */
function acknowledge(call, { words: { kind, body, acknowledged } }) {
  const row = kind === "referral" && rowOf(call, body.id);
  if (row && acknowledged > Number(row.dataset.version)) row.dataset.version = acknowledged;
}

function replay(call, { state, words: { kind, path, body, acknowledged } }) {
  if (kind === "referral") {
    const row = show(call, body.id, body);
    row.dataset.version = state === "kept" ? acknowledged : Number(body.version) + 1;
    known.set(row, JSON.stringify(said(row)));
  }
  if (kind !== "referral-act") return;
  const [, id, what] = path.match(/referrals\/([^/]+)\/(\w+)/);
  const row = rowOf(call, id);
  if (row) mark(row, what);
}
