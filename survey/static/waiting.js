// On every page: who is here, for the service worker and the other tabs; and what this browser still keeps of theirs and has not sent.

import { keptOut, seeWords } from "./kept-out.js";
import { keyFrom, unseal } from "./interview/seal.js";
import { entriesOf, forget, openStore, toWrite, unsent, written } from "./interview/store.js";

const box = document.querySelector(".unsent");
const nobody = document.querySelector("[data-offline]"); // says nothing of who is signed in
if (!nobody) navigator.serviceWorker?.controller?.postMessage({ opened: box?.dataset.user ?? "", language: document.documentElement.lang });
if (!nobody && !box) new BroadcastChannel("recension-session").postMessage({ user: "" });

const here = document.querySelector(".call, .kept-words");
if (box && globalThis.indexedDB) say().catch(() => {});

async function say() {
  const { user, saysOne, saysMany, saysReopen, saysSealedOne, saysSealedMany } = box.dataset;
  const store = await openStore();
  const owner = { user, interview: here?.dataset.interview };
  const closed = here && "closed" in here.dataset;
  if (closed) await forget(store, owner);
  const sealed = here ? await unreadable(store, owner) : [];
  for (const [interview, n] of await unsent(store, user)) {
    if (interview !== owner.interview) notice(many(n, saysOne, saysMany), await leads(interview));
    else if (closed && n > sealed.length) notice(many(n - sealed.length, saysOne, saysMany), saysReopen); // nothing is sent from here
  }
  if (sealed.length) notice(many(sealed.length, saysSealedOne, saysSealedMany), letsGo(sealed));
  store.close();
}

const many = (n, one, several) => (n === 1 ? one : several.replace("{n}", n));

function notice(sentence, next) {
  const said = document.createElement("p");
  said.className = "notice notice-warn";
  said.append(`${sentence} `, next);
  box.append(said);
}

/** What there is to do about words of another interview. */
async function leads(interview) {
  const href = await keptOut(box.dataset, interview);
  return href ? seeWords(box.dataset, href) : opens(interview);
}

function opens(interview) {
  const link = document.createElement("a");
  link.href = box.dataset.interviews.replace(/0$/, interview);
  link.textContent = box.dataset.saysOpen;
  return link;
}

/** What was kept under a key that the server does not have any more. */
async function unreadable(store, owner) {
  const key = await keyFrom(here.dataset.key);
  const entries = (await entriesOf(store, owner)).filter(({ state }) => state !== "kept");
  const opened = await Promise.all(entries.map(({ sealed }) => unseal(key, sealed)));
  return entries.filter((_entry, n) => !opened[n]);
}

function letsGo(entries) {
  const button = document.createElement("button");
  button.type = "button";
  button.className = "button button-quiet small";
  button.textContent = box.dataset.saysForget;
  button.addEventListener("click", async () => {
    const store = await openStore();
    const change = toWrite(store, "outbox");
    for (const { seq } of entries) change.objectStore("outbox").delete(seq);
    await written(change);
    store.close();
    button.parentElement.remove();
  });
  return button;
}
