// Who answers after the first person: rows that are kept as they are typed, by the same line as the answers.

import { newId } from "./ids.js";
import { nameOf, partAtHand } from "./time.js";

const NIL = "00000000-0000-0000-0000-000000000000";

export function listenToRespondents(call, queue) {
  const place = call.querySelector("#respondents");
  const adding = place.querySelector(".respondent.new form");
  if (!adding) return;
  let last = partAtHand(call);

  call.addEventListener("focusin", ({ target }) => {
    if (!place.contains(target)) last = target.closest("[data-part]") ?? last;
  });
  adding.closest("details").addEventListener("toggle", ({ target }) => {
    if (!target.open) return;
    offer(call, adding.elements.from, nameOf(last));
    adding.elements.name.focus();
  });
  place.addEventListener("submit", (event) => {
    event.preventDefault();
    event.stopPropagation();
    const form = event.target;
    if (form === adding) return add(place, queue, adding);
    return form.matches(".respondent-words") ? save(queue, form) : leave(queue, form);
  });
  place.addEventListener("change", ({ target: { form } }) => form !== adding && save(queue, form));
  for (const answered of ["acknowledged", "refused"]) {
    document.addEventListener(`recension:${answered}`, ({ detail: { entry, said } }) => {
      if (entry.words.kind !== "respondent" || !said.version) return;
      rowOf(place, entry.words.body.uid).querySelector("[name=version]").value = said.version;
    });
  }
  document.addEventListener("recension:replay", ({ detail: { words } }) => {
    if (words.kind === "respondent") draw(place, words.body);
    if (words.kind === "respondent-act") gone(rowOf(place, words.uid), words.path.endsWith("/remove"));
  });
}

const rowOf = (place, uid) => place.querySelector(`.respondent[data-uid="${uid}"]`);

/** Offers the parts that the page has now, the one where the call is chosen. */
function offer(call, choice, here) {
  const parts = [...call.querySelectorAll("[data-part]:not(#initiatives)")];
  const blocks = parts.filter((part) => part.matches(".block"));
  choice.replaceChildren(
    ...parts.map((part) => {
      const called = part.querySelector('input[name="name"]')?.value.trim();
      const title = part.querySelector("h2, h3").textContent;
      return new Option(called ? `${blocks.indexOf(part) + 1} – ${called}` : title, nameOf(part), false, nameOf(part) === here);
    }),
  );
}

function add(place, queue, adding) {
  const body = { ...said(adding), uid: newId() };
  if (!body.name) return adding.elements.name.focus();
  draw(place, body);
  adding.reset();
  adding.closest("details").open = false;
  place.focus();
  return queue.send({ kind: "respondent", path: path(adding), body, form: true });
}

function save(queue, form) {
  const body = said(form);
  if (!body.name) return form.reportValidity();
  queue.discard(...queue.of("aside").filter(({ words }) => words.kind === "respondent" && words.body.uid === body.uid));
  return queue.send({ kind: "respondent", path: path(form), body, form: true });
}

function leave(queue, form) {
  const row = form.closest(".respondent");
  gone(row, form.matches(".respondent-remove"));
  row.querySelector(".respondent-words:not([hidden]) input:not([type=hidden]), button").focus();
  return queue.send({ kind: "respondent-act", path: path(form), uid: row.dataset.uid, body: {}, form: true });
}

const path = (form) => new URL(form.action).pathname;

function said(form) {
  const { csrf_token: _token, ...body } = Object.fromEntries(new FormData(form));
  return { ...body, name: body.name.trim() };
}

/** Shows a respondent, in a row of their own. */
function draw(place, { uid, name, function: work, from }) {
  let row = rowOf(place, uid);
  if (!row) {
    const holder = document.createElement("template");
    holder.innerHTML = document.querySelector("#blank-respondent").innerHTML.replaceAll(NIL, uid);
    row = holder.content.firstElementChild;
    row.querySelector("select").replaceChildren(...[...place.querySelector(".new select").options].map((option) => option.cloneNode(true)));
    place.querySelector("details").before(row);
  }
  const { elements } = row.querySelector(".respondent-words");
  [elements.name.value, elements.function.value, elements.from.value] = [name, work, from];
}

function gone(row, away) {
  if (row) row.toggleAttribute("data-gone", away);
}
