// Whoever logs out while words of theirs wait on this computer is asked first; on the way out they can be sent.

import { keptOut, seeWords } from "./kept-out.js";
import { openStore, unsent } from "./interview/store.js";

const GIVE_UP = 10_000;

const dialog = document.querySelector("#logout");
const form = dialog && document.querySelector(`form[action="${dialog.dataset.path}"]`);
const call = document.querySelector(".call");

/** How many saves of this user wait here, by interview, which can be sent, and whether the browser keeps them once the page is gone. */
async function waiting() {
  try {
    const store = await openStore();
    const counts = await unsent(store, dialog.dataset.user);
    store.close();
    if (navigator.locks) return { counts, kept: true, ...(await sorted(counts)) };
  } catch {} // nothing is kept here: plain http, a private window
  const n = Number(call?.querySelector(".save-state").dataset.waiting ?? 0);
  const counts = new Map(n ? [[call.dataset.interview, n]] : []);
  return { counts, kept: false, open: [...counts.keys()], out: [] };
}

/** The interviews that are open to this user, and where the words of the others are seen. */
async function sorted(counts) {
  const hrefs = await Promise.all([...counts.keys()].map((interview) => keptOut(dialog.dataset, interview)));
  return { open: [...counts.keys()].filter((_interview, n) => !hrefs[n]), out: hrefs.filter(Boolean) };
}

/** Says what waits; returns how many interviews what waits can still go to. */
async function ask() {
  const { counts, kept, open, out } = await waiting();
  const n = [...counts.values()].reduce((sum, one) => sum + one, 0);
  if (!n) return form.submit();
  const { saysOne, saysMany, saysKept, saysLost } = dialog.dataset;
  const count = n === 1 ? saysOne : saysMany.replace("{n}", n);
  dialog.querySelector("p").textContent = open.length ? `${count} ${kept ? saysKept : saysLost}` : count;
  dialog.querySelector(".kept-out").replaceChildren(...out.map(inList));
  dialog.querySelector("[value=send]").hidden = !open.length;
  if (!dialog.open) dialog.showModal();
  return open.length;
}

function inList(href) {
  const item = document.createElement("li");
  item.append(seeWords(dialog.dataset, href));
  return item;
}

async function send() {
  const [button, notice] = [dialog.querySelector("[value=send]"), dialog.querySelector("[role=alert]")];
  button.setAttribute("aria-disabled", "true");
  notice.textContent = "";
  const { open } = await waiting();
  const sent = Promise.all(open.map((interview) => sendOf(interview).catch(() => {})));
  await Promise.race([sent, new Promise((resolve) => setTimeout(resolve, GIVE_UP))]);
  button.removeAttribute("aria-disabled");
  if (await ask()) notice.textContent = dialog.dataset.saysNotAll;
}

/** Sends what waits for an interview: by its own page when that is the one on screen, else as that page would. */
async function sendOf(interview) {
  if (call?.dataset.interview === interview) return new Promise((done) => document.dispatchEvent(new CustomEvent("recension:send", { detail: done })));
  const { Queue } = await import("./interview/queue.js");
  const { openOutbox } = await import("./interview/outbox.js");
  const { takeUp } = await import("./interview/tabs.js");
  const answer = await fetch(dialog.dataset.interviews.replace(/0$/, interview));
  const page = new DOMParser().parseFromString(await answer.text(), "text/html").querySelector(".call[data-answers]");
  const { key, user } = page.dataset;
  if (user !== dialog.dataset.user || "closed" in page.dataset) return null;
  const queue = new Queue(page, await openOutbox(key, { user, interview }));
  await takeUp(queue, () => {});
  return queue.settled();
}

if (form) {
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    ask();
  });
  dialog.addEventListener("click", ({ target: { value } }) => {
    if (value === "send") send();
    else if (value === "leave") form.submit();
  });
}
