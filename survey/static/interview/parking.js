// The box of what fits nowhere yet: kept as it is typed, put where it belongs by one click.

import { drawn, whenTypingPauses } from "./blanks.js";
import { addBlockByClick } from "./blocks.js";
import { newId } from "./ids.js";
import { addReferral } from "./referrals.js";

const row = (call, id) => call.querySelector(`.parked[data-id="${CSS.escape(id)}"]`);

/** Follows the box of a call. */
export function keepParking(call, queue) {
  const box = call.querySelector(".parking");
  const form = box.querySelector(".park");
  const text = form.elements.value;
  const path = new URL(form.action).pathname;
  let [id, version, sent] = [newId(), 0, ""];

  const typing = whenTypingPauses(() => {
    if (!text.value.trim() || text.value === sent) return;
    [version, sent] = [version + 1, text.value];
    const before = queue.of("waiting").filter(({ words }) => words?.kind === "park" && words.body.id === id);
    queue.send({ kind: "park", path, body: { id, version, value: sent }, form: true });
    queue.discard(...before); // what they say, this says too
  });
  const setAside = () => {
    typing.now();
    if (!version) return;
    show(call, id, text.value.trim());
    [id, version, sent] = [newId(), 0, ""];
    text.value = "";
    text.focus();
  };

  box.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || event.target === text) return;
    text.dispatchEvent(new KeyboardEvent("keydown", { key: "Escape", bubbles: true })); // leads back as it does from the text
  });
  text.addEventListener("input", typing.later);
  text.addEventListener("change", typing.now);
  addEventListener("pagehide", typing.now);
  text.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
    event.preventDefault();
    setAside();
  });
  box.addEventListener("submit", (event) => {
    event.preventDefault();
    event.stopPropagation();
    if (event.target === form) return setAside();
    const of = event.target.closest(".parked");
    return event.target.matches(".settle") ? settle(call, queue, of, event.submitter.value) : bringBack(call, queue, event.target);
  });
  document.addEventListener("recension:replay", ({ detail: { words } }) => replay(call, words));
  count(call);
}

function show(call, id, text) {
  const there = row(call, id);
  const line = there ?? drawn("blank-parked", id);
  line.querySelector("p").textContent = text;
  if (!there) call.querySelector(".parked-list").append(line);
  count(call);
}

/** The block or the referral is made here, under an id made here, and told to the server like any other. */
function settle(call, queue, line, as) {
  const text = line.querySelector("p").textContent;
  const body = { as, form_id: newId(), value: text };
  const next = line.nextElementSibling?.querySelector(".settle button") ?? call.querySelector(".park textarea");
  const here = line.contains(document.activeElement);
  if (as === "initiative") {
    if (addBlockByClick(call, queue) === null) return;
    const article = call.querySelector(".blocks").lastElementChild;
    const field = article.querySelector('.item[data-item="description"]');
    field.querySelector("textarea").value = text;
    field.querySelector("textarea").dispatchEvent(new Event("input", { bubbles: true }));
    body.made = article.querySelector(".record").dataset.block;
  }
  if (as === "referral") body.made = addReferral(call, { note: text });
  queue.send({ kind: "settle", path: new URL(line.querySelector(".settle").action).pathname, body, form: true });
  if (here && as !== "initiative") next?.focus();
  move(call, line, as);
  const said = call.querySelector(".parked-said");
  said.textContent = said.dataset[`says${as[0].toUpperCase()}${as.slice(1)}`];
}

function bringBack(call, queue, form) {
  queue.send({ kind: "unsettle", path: new URL(form.action).pathname, body: { form_id: newId() }, form: true });
  move(call, form.closest(".parked"), null);
  call.querySelector(".parked-said").textContent = "";
}

function move(call, line, as) {
  if (as) line.dataset.settled = as;
  else delete line.dataset.settled;
  call.querySelector(as ? ".settled > ul" : ".parked-list").append(line);
  count(call);
}

function count(call) {
  const n = call.querySelector(".parked-list").children.length;
  call.querySelector(".parking h2 .lacks").textContent = n;
  document.querySelector("#finish .still-parked").hidden = !n;
}

function replay(call, { kind, path, body }) {
  if (kind === "park") show(call, body.id, body.value.trim());
  if (kind !== "settle" && kind !== "unsettle") return;
  const line = row(call, path.match(/parked\/([^/]+)/)[1]);
  if (line) move(call, line, kind === "settle" ? body.as : null);
}
