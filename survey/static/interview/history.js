// What stood in a field before: shown over the page, put back in one click, as a save like any other.

import { focus, show } from "./fields.js";
import { item, markBoth, recordOf, route } from "./items.js";
import { recount } from "./rail.js";

export function listenToHistory(call, queue) {
  const dialog = document.querySelector("#history");
  const body = dialog.querySelector(".history-body");
  let at = null;

  async function open(field, part) {
    const mine = (at = { field, part });
    body.replaceChildren();
    dialog.dataset.state = "";
    dialog.showModal();
    await queue.settled();
    if (at !== mine) return; // another field was asked for meanwhile
    const said = await past(call, field, part).catch(() => null);
    if (at !== mine) return;
    dialog.dataset.state = said ? "" : "unreachable";
    if (!said) return;
    at.steps = said.steps;
    body.innerHTML = said.html;
  }

  call.addEventListener("click", (event) => {
    if (event.target.matches(".past")) open(item(event.target), event.target.closest(".note") ? "note" : "answer");
  });
  document.addEventListener("keydown", (event) => {
    const field = event.altKey && event.code === "KeyH" && item(document.activeElement);
    if (!field) return;
    event.preventDefault();
    open(field, document.activeElement.closest(".note") ? "note" : "answer");
  });
  dialog.addEventListener("submit", (event) => {
    if (!event.target.matches(".restore")) return;
    event.preventDefault();
    const { field, part, steps } = at;
    show(field, part, steps[event.target.elements.version.value]);
    markBoth(field);
    route(recordOf(field), call);
    recount(field, call);
    queue.touch(field, part);
    queue.flush();
    dialog.close();
    focus(field, part);
  });
}

async function past(call, field, part) {
  const address = new URL(`${call.dataset.history}/${field.dataset.item}`, location.href);
  address.search = new URLSearchParams({ block: recordOf(field).dataset.block, part });
  const response = await fetch(address, { headers: { Accept: "application/json" }, redirect: "error" });
  return response.ok ? response.json() : null;
}
