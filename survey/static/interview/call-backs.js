// To call again for one block: noted in it, shown on the rail, and done with.

import { keyOf } from "./blocks.js";
import { newId } from "./ids.js";
import { SharedRows } from "./shared-rows.js";

const pathOf = (form) => new URL(form.action).pathname;
const WORDS = ["reason", "due_on"];
const asSeen = (words) => Object.fromEntries(WORDS.map((name) => [`seen_${name}`, words[name]]));
const boxes = (names) => (form) => Object.fromEntries(names.map((name) => [name, form.elements[name].value.trim()]));

function write(form, words) {
  for (const [name, text] of Object.entries(words)) form.elements[name].value = text ?? "";
}

/** Follows the call backs of a call. */
export function keepCallBacks(call, queue) {
  const plans = new SharedRows(queue, "call-back", {
    of: (words) => (words.path.endsWith("/done") ? null : placeOf(words)?.querySelector(".plan")),
    path: pathOf,
    said: boxes(WORDS),
    seen: boxes(WORDS.map((name) => `seen_${name}`)),
    see: write,
    show: (form, words) => write(form, { ...words, ...asSeen(words) }),
  });
  const typed = (form, how) => {
    if (!form) return;
    plans[how](form);
    mark(call, form.closest(".call-back"), true);
  };
  call.addEventListener("input", ({ target }) => typed(target.closest(".call-back .plan"), "later"));
  call.addEventListener("change", ({ target }) => typed(target.closest(".call-back .plan"), "now"));
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
    const place = form.closest(".call-back");
    if (form.matches(".plan")) plans.send(form, !("planned" in place.dataset));
    else queue.send({ kind: "call-back", path: pathOf(form), body: { form_id: newId() }, form: true });
    mark(call, place, form.matches(".plan"));
  };
  call.addEventListener("submit", submitted, { capture: true }); // any other form waits for the network
  document.addEventListener("recension:replay", ({ detail }) => detail.words.kind === "call-back" && replay(call, plans, detail));
}

const placeOf = ({ path }) => document.getElementById(keyOf(path.match(/initiatives\/([^/]+)/)[1]))?.querySelector(".call-back");

function mark(call, place, planned) {
  place.toggleAttribute("data-planned", planned);
  place.open = planned;
  call.querySelector(`[data-rail="${place.closest(".block").id}"]`).toggleAttribute("data-to-call", planned);
}

function replay(call, plans, entry) {
  const place = placeOf(entry.words);
  if (!place) return;
  const form = place.querySelector(".plan");
  const done = entry.words.path.endsWith("/done");
  if (!done && !plans.admits(form, entry)) return;
  const { form_id: _id, ...plan } = entry.words.body;
  if (!done) write(form, entry.state === "kept" ? { ...plan, ...asSeen(plan) } : plan);
  mark(call, place, !done);
}
