// The screen of a call: every answer is saved as it is given, blocks come and go, the keyboard does it all.

import { listAside } from "./interview/aside.js";
import { actOnBlock, addBlockByClick } from "./interview/blocks.js";
import "./interview/conflict.js";
import { keepCallBacks } from "./interview/call-backs.js";
import { keepCarried } from "./interview/carried.js";
import { consentTo } from "./interview/consent.js";
import { layOut } from "./interview/desk.js";
import { listenToFinish } from "./interview/finish.js";
import { listenToHistory } from "./interview/history.js";
import { item, markBoth, route, setReason, valueOf } from "./interview/items.js";
import { listen } from "./interview/keys.js";
import { leaveByLinks, onceSaved } from "./interview/leaving.js";
import { openOutbox } from "./interview/outbox.js";
import { meet } from "./interview/presence.js";
import { keepParking } from "./interview/parking.js";
import { Queue } from "./interview/queue.js";
import { follow, recount } from "./interview/rail.js";
import { keepReferrals } from "./interview/referrals.js";
import { replayer } from "./interview/replay.js";
import { keepPages } from "./interview/snapshot.js";
import { sayState } from "./interview/state.js";
import { listenToRespondents } from "./interview/respondents.js";
import { share, takeUp } from "./interview/tabs.js";
import { keepTime } from "./interview/time.js";
import { easeTyping } from "./interview/typing.js";
import { giveKey } from "./interview/worker.js";

const call = document.querySelector(".call");
const queue = new Queue(call);
const TYPING_PAUSE = 700;
const TYPING_LONGEST = 5000;
const timers = new Map();

/** Sends a field when its typing pauses, and now and then when it does not; the browser keeps it meanwhile. */
const later = (field, part) => {
  const key = queue.touch(field, part);
  const { timer, since = Date.now() } = timers.get(key) ?? {};
  clearTimeout(timer);
  const pause = Math.min(TYPING_PAUSE, since + TYPING_LONGEST - Date.now());
  const send = () => {
    timers.delete(key);
    queue.flush();
  };
  timers.set(key, { since, timer: setTimeout(send, pause) });
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

// What the page can do by itself it does at once; any other form goes when everything typed before is on the server.
call.addEventListener("submit", (event) => {
  const form = event.target;
  event.preventDefault();
  if (form.matches(".record")) return queue.flush();
  if (form.matches(".add-block")) return addBlockByClick(call, queue);
  if (form.matches(".consent")) return consentTo(call, queue, form);
  if (actOnBlock(call, queue, form)) return null;
  if (form.matches(".reopen")) return form.submit();
  return onceSaved(queue, () => form.submit());
});

addEventListener("pagehide", () => queue.flush());
document.addEventListener("visibilitychange", () => queue.keep());
addEventListener("beforeunload", (event) => {
  if (!queue.kept) event.preventDefault();
});

async function keepHere() {
  const { key, user, interview } = call.dataset;
  const outbox = await openOutbox(key, { user, interview });
  if (!outbox) return document.dispatchEvent(new CustomEvent("recension:memory"));
  queue.keepIn(outbox);
  const replay = replayer(call, queue);
  if (document.documentElement.dataset.kept) {
    replay((await outbox.read()).filter(({ state }) => state === "kept"));
    queue.wait("waiting");
  }
  await takeUp(queue, replay);
  queue.say();
  share(queue);
  keepPages(queue);
  return giveKey(call.dataset);
}

sayState(call);
listAside(call);
follow(call);
listen(call, queue, changed);
listenToFinish(call, queue);
leaveByLinks(call, queue);
listenToHistory(call, queue);
easeTyping(call);
meet(call);
layOut(call);
keepParking(call, queue);
keepReferrals(call, queue);
keepCallBacks(call, queue);
keepCarried(call);
keepTime(call);
listenToRespondents(call, queue);
keepHere();
