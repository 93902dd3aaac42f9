// The keys of a call: one hand types, the other holds the phone.

import { focusAtEnd } from "../caret.js";
import { addBlock } from "./blocks.js";
import { item } from "./items.js";

const REASONS = { KeyS: "dont_know", KeyR: "refused", KeyP: "not_applicable" };

/** Tab goes from answer to answer: reasons and notes have keys of their own. */
function keepTabForAnswers(part) {
  for (const control of part.querySelectorAll(".reasons input, .note > summary, .past")) control.tabIndex = -1;
}

export function listen(call, queue, changed) {
  keepTabForAnswers(call);
  call.addEventListener("drawn", ({ detail: part }) => keepTabForAnswers(part));
  const act = (event) => {
    const field = item(document.activeElement);
    if (event.code in REASONS && field) {
      const box = field.querySelector(`.reasons input[value="${REASONS[event.code]}"]`);
      box.checked = !box.checked;
      changed(box, false);
      return true;
    }
    if (event.code === "KeyO" && field) {
      const note = field.querySelector(".note");
      note.open = true;
      focusAtEnd(note.querySelector("textarea"));
      return true;
    }
    if (event.code === "KeyN" && event.repeat) return true;
    if (event.code === "KeyN") return addBlock(call, queue) ?? true;
    if (event.code === "KeyT") return call.querySelector(".call-bar [data-finish]").click() ?? true;
    if (event.code === "ArrowDown" || event.code === "ArrowUp") return go(event.code === "ArrowDown" ? 1 : -1);
    return false;
  };

  const land = (part) => {
    part.scrollIntoView({ block: "start" });
    const inside = part.querySelector(".record .control :is(input, textarea)");
    focusAtEnd(inside && inside.closest("[data-part]") === part ? inside : part, { preventScroll: true });
    return true;
  };
  const go = (step) => {
    const parts = [...call.querySelectorAll("[data-part]")];
    const active = document.activeElement.closest("[data-part]");
    const here = active ? parts.indexOf(active) : 0;
    return land(parts[Math.max(0, Math.min(here + step, parts.length - 1))]);
  };

  document.addEventListener("keydown", (event) => {
    const note = event.key === "Escape" && event.target.closest(".note");
    if (note) {
      note.open = Boolean(note.querySelector("textarea").value);
      item(note).querySelector(".control :is(input, textarea)").focus();
    }
    if (!event.altKey || event.ctrlKey || event.metaKey) return;
    if (act(event)) event.preventDefault();
  });
}
