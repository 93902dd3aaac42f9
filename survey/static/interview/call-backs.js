// To call again for one block: noted in it, shown on the rail, and done with.

import { whenTypingPauses } from "./blanks.js";
import { newId } from "./ids.js";

const pathOf = (form) => new URL(form.action).pathname;

/** Follows the call backs of a call. */
export function keepCallBacks(call, queue) {
  const typing = new WeakMap();
  const pause = (form) => {
    if (!typing.has(form)) typing.set(form, whenTypingPauses(() => plan(call, queue, form)));
    return typing.get(form);
  };
  const planOf = (event) => event.target.closest(".call-back .plan");
  call.addEventListener("input", (event) => planOf(event) && pause(planOf(event)).later());
  call.addEventListener("change", (event) => planOf(event) && pause(planOf(event)).now());
  call.addEventListener("click", (event) => {
    const button = event.target.closest(".plan-call-back");
    if (!button) return;
    button.closest(".menu").open = false;
    const place = button.closest(".block").querySelector(".call-back");
    place.open = true;
    place.querySelector("input[name=reason]").focus();
  });
  const submitted = (event) => {
    const form = event.target.closest(".call-back form");
    if (!form) return;
    event.preventDefault();
    event.stopPropagation();
    if (form.matches(".plan")) return pause(form).now();
    queue.send({ kind: "call-back", path: pathOf(form), body: { form_id: newId() }, form: true });
    mark(call, form.closest(".call-back"), false);
  };
  call.addEventListener("submit", submitted, { capture: true }); // any other form waits for the network
  document.addEventListener("recension:replay", ({ detail: { words } }) => words.kind === "call-back" && replay(call, words));
}

function plan(call, queue, form) {
  const { reason, due_on: due } = form.elements;
  const body = { reason: reason.value.trim(), due_on: due.value, form_id: newId() };
  queue.send({ kind: "call-back", path: pathOf(form), body, form: true });
  mark(call, form.closest(".call-back"), true);
}

function mark(call, place, planned) {
  place.toggleAttribute("data-planned", planned);
  place.open = planned;
  call.querySelector(`[data-rail="${place.closest(".block").id}"]`).toggleAttribute("data-to-call", planned);
}

function replay(call, { path, body }) {
  const [, uid, done] = path.match(/initiatives\/([^/]+)\/call-back(\/done)?/);
  const place = document.getElementById(`b-${uid.slice(0, 8)}`)?.querySelector(".call-back");
  if (!place) return;
  if (!done) for (const name of ["reason", "due_on"]) place.querySelector(`[name=${name}]`).value = body[name];
  mark(call, place, !done);
}
