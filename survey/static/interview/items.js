// One item of the questionnaire on the page: what it says, why it says nothing, whether it is asked.

export const item = (node) => node.closest?.(".item");

export const recordOf = (field) => field.closest(".record");

/** The answer: a text, or the list of ticked codes. */
export function valueOf(field) {
  const boxes = [...field.querySelectorAll(".options input")];
  if (!boxes.length) return field.querySelector(".control input, .control textarea").value;
  const ticked = boxes.filter((box) => box.checked).map((box) => box.value);
  return boxes[0].type === "radio" ? (ticked[0] ?? "") : ticked;
}

export function setValue(field, value) {
  const boxes = [...field.querySelectorAll(".options input")];
  if (!boxes.length) field.querySelector(".control input, .control textarea").value = value;
  for (const box of boxes) box.checked = [value].flat().includes(box.value);
}

const reasons = (field) => [...field.querySelectorAll(".reasons input")];

export const reasonOf = (field) => reasons(field).find((box) => box.checked)?.value ?? "";

export function setReason(field, reason) {
  for (const box of reasons(field)) box.checked = box.value === reason;
}

export const noteOf = (field) => field.querySelector(".note textarea").value;

export function setNote(field, text) {
  field.querySelector(".note textarea").value = text;
}

/** Says so where an answer and a reason for having none stand together. */
export function markBoth(field) {
  field.classList.toggle("both", Boolean(valueOf(field).length && reasonOf(field)));
}

const refused = (field) => Boolean(field.querySelector(".trouble .field-error"));

/** Whether the item lacks an answer and a reason for having none. */
export const lacks = (field) =>
  !("optional" in field.dataset) && !field.classList.contains("off-route") && (refused(field) || (!valueOf(field).length && !reasonOf(field)));

/** Shows the items that the answers of a record call for, and puts the others aside; nothing typed is erased. */
export function route(record, call) {
  for (const field of record.querySelectorAll(".item[data-when]")) {
    const asked = record.querySelector(`.item[data-item="${field.dataset.when}"]`);
    const holds = asked && !asked.classList.contains("off-route") && [valueOf(asked)].flat().includes(field.dataset.code);
    field.classList.toggle("off-route", !holds);
  }
  const first = call.querySelector('.item[data-item="has_initiatives"]');
  call.querySelector(".skip-notice").hidden = valueOf(first) !== "no";
}
