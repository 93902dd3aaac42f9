// The end of a call: the page that looks it over, or without the network a list of what lacks, and an end that waits.

import { newId } from "./ids.js";
import { onceSaved } from "./leaving.js";
import { lackingIn, linkTo } from "./rail.js";
import { forget } from "./store.js";

/** Follows the links that finish. */
export function listenToFinish(call, queue) {
  const dialog = document.querySelector("#finish");
  for (const link of call.querySelectorAll("a[data-finish]")) {
    link.addEventListener("click", (event) => {
      event.preventDefault();
      onceSaved(queue, () => location.assign(link.href), () => ask(call, dialog));
    });
  }
  dialog.addEventListener("close", () => {
    if (dialog.returnValue !== "finish") return;
    const path = call.dataset.complete;
    queue.send({ kind: "complete", path, body: { form_id: newId() }, form: true, last: true });
    finished(call, queue);
  });
  document.addEventListener("recension:acknowledged", async ({ detail: { entry } }) => {
    if (entry.words.kind !== "complete") return;
    await queue.running;
    if (queue.outbox) await forget(queue.outbox.store, queue.outbox.owner);
    location.reload();
  });
}

function ask(call, dialog) {
  const own = (part) => lackingIn(part).filter((field) => field.closest("[data-part]") === part);
  const parts = [...call.querySelectorAll("[data-part]")].map((part) => [part, own(part)]).filter(([, lacking]) => lacking.length);
  const said = parts.flatMap(([part, lacking]) => {
    const heading = document.createElement("h3");
    heading.textContent = part.querySelector("h2, h3").textContent;
    const list = document.createElement("ul");
    list.append(...lacking.map(lineOf));
    return [heading, list];
  });
  dialog.querySelector(".lacking").replaceChildren(...said);
  dialog.querySelector(".complete").hidden = said.length > 0;
  dialog.querySelector(".still-unconfirmed").hidden = !call.querySelector(".rail [data-to-confirm]");
  dialog.returnValue = "";
  dialog.showModal();
  dialog.scrollTop = 0; // where the screen is low, the focus on its last button is not to hide its title
  dialog.querySelector(".lacking").onclick = (event) => event.target.closest("a") && dialog.close("");
}

/** What leads to a field, with the words of its question where it has no label of its own. */
function lineOf(field) {
  const line = linkTo(field);
  const words = field.querySelector(".label") ? "" : (field.closest(".question").querySelector(".wording")?.textContent.trim() ?? "");
  line.querySelector("a").append(words && ` ${words}`);
  return line;
}

/** The interview is over on this page, as far as this browser can tell; until it is sent, one may go back on it. */
function finished(call, queue) {
  const notice = call.querySelector(".finished");
  const close = (over) => {
    notice.hidden = !over;
    for (const control of call.querySelectorAll(".parts form > fieldset, .parts .tools button, .add-block button, .removed button")) {
      control.disabled = over;
    }
  };
  close(true);
  notice.scrollIntoView({ block: "center" });
  const goBack = () => {
    close(false);
    queue.discard(...queue.entries.filter(({ words }) => words?.kind === "complete"));
  };
  notice.querySelector("button").onclick = goBack;
  notice.querySelector("button").focus({ preventScroll: true });
  document.addEventListener("recension:state", () => {
    if (!notice.hidden && queue.of("aside").length) goBack(); // a word that is refused is corrected first
  });
}

export const replays = { complete: (call, _words, _entry, queue) => finished(call, queue) };
