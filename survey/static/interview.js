// The screen of a call: every answer is saved as it is given, blocks come and go, the keyboard does it all.

import { Queue } from "./interview/queue.js";
import { item, markBoth, route, setReason, valueOf } from "./interview/items.js";
import { addBlock } from "./interview/blocks.js";
import { follow, recount } from "./interview/rail.js";
import { keepTabForAnswers, listen } from "./interview/keys.js";

const call = document.querySelector(".call");
const queue = new Queue(call);
const TYPING_PAUSE = 700;
const timers = new Map();

const later = (field, part) => {
  const key = queue.touch(field, part);
  clearTimeout(timers.get(key));
  timers.set(key, setTimeout(() => queue.flush(), TYPING_PAUSE));
};

const isNote = (control) => control.name.endsWith("__note");
const isReason = (control) => control.name.endsWith("__reason");

function changed(control, pause) {
  const field = item(control);
  if (!field || control.type === "hidden") return;
  if (isReason(control)) setReason(field, control.checked ? control.value : "");
  else if (!isNote(control)) {
    if (control.type === "checkbox") keepExclusive(field, control);
    if (valueOf(field).length) setReason(field, "");
  }
  markBoth(field);
  route(field.closest(".record"), call);
  recount(field, call);
  later(field, isNote(control) ? "note" : "answer");
  if (!pause) queue.flush();
}

function keepExclusive(field, control) {
  const exclusive = field.dataset.exclusive;
  if (!exclusive || !control.checked) return;
  for (const other of field.querySelectorAll(".options input:checked")) {
    if (other !== control && (control.value === exclusive || other.value === exclusive)) other.checked = false;
  }
}

call.addEventListener("input", (event) => changed(event.target, event.target.matches("textarea, input[type=text], input[type=date]")));
call.addEventListener("change", (event) => {
  if (event.target.matches("textarea, input[type=text], input[type=date]") && item(event.target)) queue.flush();
});
call.addEventListener("focusout", (event) => {
  if (item(event.target)) queue.flush();
});

// A second click on a chosen answer takes it back.
call.addEventListener("pointerdown", (event) => {
  const radio = event.target.closest("label")?.querySelector(".options input[type=radio]:checked") ?? null;
  if (radio) radio.dataset.again = "1";
});
call.addEventListener("click", (event) => {
  const radio = event.target;
  if (radio.matches(".options input[type=radio][data-again]")) {
    delete radio.dataset.again;
    radio.checked = false;
    changed(radio, false);
  }
});
call.addEventListener("keydown", (event) => {
  if ((event.key === "Backspace" || event.key === "Delete") && event.target.matches(".options input[type=radio]:checked")) {
    event.target.checked = false;
    changed(event.target, false);
  }
});

// Forms of the page go once everything typed before is on the server; a part's own form has nothing left to send.
call.addEventListener("submit", async (event) => {
  const form = event.target;
  event.preventDefault();
  if (form.matches(".record")) return queue.flush();
  if (form.matches(".add-block")) return addBlock(call, queue, keepTabForAnswers);
  if (await queue.settled()) form.submit();
  else queue.show();
});
for (const link of call.querySelectorAll("a[data-finish]")) {
  link.addEventListener("click", async (event) => {
    if (queue.idle) return;
    event.preventDefault();
    if (await queue.settled()) location.assign(link.href);
    else queue.show();
  });
}
window.addEventListener("pagehide", () => queue.flush());
window.addEventListener("beforeunload", (event) => {
  if (!queue.idle) event.preventDefault();
});

follow(call);
listen(call, queue, changed);
