// What the server refused, in one list: where it stands, why, and the words themselves where the page has no place for them.

import { fieldOf } from "./fields.js";
import { linkTo } from "./rail.js";

/** Follows the queue of a call. */
export function listAside(call) {
  const box = call.querySelector(".aside-list");
  const list = box.querySelector("ul");
  let listed = "[]";
  document.addEventListener("recension:state", ({ detail: { queue } }) => {
    const entries = queue.of("aside");
    const now = JSON.stringify(entries.map(({ id, sentence, field }) => [id, sentence, field?.isConnected]));
    if (now === listed) return; // a line drawn anew under the pointer would take its click away
    listed = now;
    box.hidden = !entries.length;
    list.replaceChildren(...entries.map((entry) => line(queue, entry)));
  });
}

function line(queue, entry) {
  const field = entry.words.kind === "answer" && fieldOf(queue.call, entry.words.body);
  const said = field ? linkTo(field) : document.createElement("li");
  said.append(` ${entry.sentence}`);
  if (!entry.field?.isConnected) said.append(...words(queue, entry));
  return said;
}

function words(queue, entry) {
  const quote = document.createElement("blockquote");
  quote.textContent = wordsOf(entry.words.body).join(", ");
  const button = document.createElement("button");
  button.type = "button";
  button.className = "button button-quiet small";
  button.textContent = queue.call.dataset.saysForget;
  button.addEventListener("click", () => queue.discard(entry));
  return [quote, button];
}

const NOT_WORDS = ["id", "form_id", "uid", "version"];

/** What somebody typed or chose, in the body of any request. */
export function wordsOf(body = {}) {
  if ("value" in body) return [body.value ?? []].flat();
  return Object.entries(body).flatMap(([name, value]) => (value && !NOT_WORDS.includes(name) ? [value] : []));
}
