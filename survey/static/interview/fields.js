// The fields of the page as saves know them: by block, item and part.

import { focusAtEnd } from "../caret.js";
import { noteOf, reasonOf, recordOf, setNote, setReason, setValue, valueOf } from "./items.js";

export const keyOf = ({ block, item, part }) => `${block ?? ""}/${item}/${part}`;

export const placeOf = (field, part) => ({ block: recordOf(field).dataset.block || null, item: field.dataset.item, part });

/** The field of a save; null when its block is not on the page. */
export const fieldOf = (call, { block, item }) =>
  call.querySelector(`.record[data-block="${CSS.escape(block ?? "")}"] .item[data-item="${CSS.escape(item)}"]`);

/** Where the page keeps the version of a field that it last saw. */
export const seen = (field, part) => field.querySelector(`input[name$="${part === "note" ? "__note_version" : "__version"}"]`);

/** What stands in a field now: {value, reason}. */
export const stands = (field, part) =>
  part === "note" ? { value: noteOf(field), reason: null } : { value: valueOf(field), reason: reasonOf(field) || null };

export function show(field, part, { value, reason }) {
  if (part === "note") {
    setNote(field, value ?? "");
    field.querySelector(".note").open ||= Boolean(value);
  } else {
    setValue(field, value ?? "");
    setReason(field, reason ?? "");
  }
}

export const trouble = (field) => field.querySelector(".trouble");

export const focus = (field, part) =>
  focusAtEnd(field.querySelector(part === "note" ? ".note textarea" : ".control :is(input, textarea)"));
