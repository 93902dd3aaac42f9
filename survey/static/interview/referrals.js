// Whom the respondent named (Q.14): rows that are kept as they are typed, beside the two fields of the paper.

import { drawn } from "./blanks.js";
import { newId } from "./ids.js";
import { SharedRows } from "./shared-rows.js";

const rows = (call) => call.querySelector(".referral-rows");
const rowOf = (call, id) => rows(call).querySelector(`.referral[data-id="${CSS.escape(id)}"]`);
const boxes = (row) => [...row.querySelectorAll(".words :is(input, textarea)")];
const said = (row) => Object.fromEntries(boxes(row).map((box) => [box.name, box.value.trim()]));
const pathOf = (call) => call.querySelector(".referrals").dataset.path;
const shared = new WeakMap(); // by call

/** Follows the rows of a call. */
export function keepReferrals(call, queue) {
  const place = call.querySelector(".referrals");
  const kept = new SharedRows(queue, "referral", {
    of: ({ body }) => rowOf(call, body.id),
    path: () => pathOf(call),
    said,
    seen: (row) => ({ id: row.dataset.id, version: row.dataset.version, value: Object.values(said(row)).filter(Boolean).join(", ") }),
    see: (row, seen) => Object.assign(row.dataset, seen),
    show,
  });
  shared.set(call, kept);
  for (const row of rows(call).children) kept.know(row);
  place.addEventListener("input", (event) => kept.later(event.target.closest(".referral")));
  place.addEventListener("change", (event) => kept.now(event.target.closest(".referral")));
  place.addEventListener("click", (event) => {
    const button = event.target.closest("button");
    if (!button) return;
    event.preventDefault();
    if (button.matches(".add-referral")) return rowOf(call, addReferral(call)).querySelector("input").focus();
    const row = button.closest(".referral");
    return act(call, queue, row, "gone" in row.dataset ? "restore" : "remove");
  });
  call.querySelector(".referral-forms").addEventListener("submit", (event) => {
    event.preventDefault();
    event.stopPropagation();
  });
  document.addEventListener("recension:replay", ({ detail }) => replay(call, detail));
}

/** A new row, with what is known already; its id. One that says nothing is not sent. */
export function addReferral(call, words = {}) {
  const id = newId();
  shared.get(call).send(drawRow(call, id, words));
  return id;
}

function drawRow(call, id, words) {
  const row = rowOf(call, id) ?? rows(call).appendChild(drawn("blank-referral", id));
  show(row, words);
  return row;
}

function show(row, words) {
  for (const box of boxes(row)) box.value = words[box.name] ?? "";
}

function act(call, queue, row, what) {
  if (!shared.get(call).knows(row)) return row.remove();
  queue.send({ kind: "referral-act", path: `${pathOf(call)}/${row.dataset.id}/${what}`, body: { form_id: newId() }, form: true });
  return mark(row, what);
}

function mark(row, what) {
  row.toggleAttribute("data-gone", what === "remove");
  const words = said(row);
  row.querySelector(".gone em").textContent = words.organisation || words.person || words.note || "—";
}

function replay(call, entry) {
  const { state, words: { kind, path, body, acknowledged } } = entry;
  const kept = shared.get(call);
  if (kind === "referral" && kept.admits(rowOf(call, body.id), entry)) {
    const row = drawRow(call, body.id, body);
    row.dataset.version = state === "kept" ? acknowledged : body.version;
    kept.know(row);
  }
  if (kind !== "referral-act") return;
  const [, id, what] = path.match(/referrals\/([^/]+)\/(\w+)/);
  const row = rowOf(call, id);
  if (row) mark(row, what);
}
