// On every page: who is here, for the service worker; and what this browser still keeps of theirs and has not sent.

import { asked, openStore, toWrite, unsent } from "./interview/store.js";

const box = document.querySelector(".unsent");
const nobody = document.querySelector("[data-offline]"); // says nothing of who is signed in
if (!nobody) navigator.serviceWorker?.controller?.postMessage({ opened: box?.dataset.user ?? "", language: document.documentElement.lang });

const here = document.querySelector(".call");
if (box && globalThis.indexedDB) say().catch(() => {});

async function say() {
  const { user, interviews, saysOne, saysMany, saysOpen } = box.dataset;
  const store = await openStore();
  if (here && "closed" in here.dataset) await forget(store, user, here.dataset.interview);
  for (const [interview, n] of await unsent(store, user)) {
    if (interview === here?.dataset.interview) continue;
    const said = document.createElement("p");
    said.className = "notice notice-warn";
    const link = document.createElement("a");
    link.href = interviews.replace(/0$/, interview);
    link.textContent = saysOpen;
    said.append(`${n === 1 ? saysOne : saysMany.replace("{n}", n)} `, link);
    box.append(said);
  }
  store.close();
}

/** An interview that is completed is not opened again as it was before. What was not sent stays. */
async function forget(store, user, interview) {
  const change = toWrite(store, "outbox", "pages");
  change.objectStore("pages").delete([user, location.pathname]);
  const entries = change.objectStore("outbox");
  for (const { seq, state } of await asked(entries.index("interview").getAll([user, interview]))) {
    if (state === "kept") entries.delete(seq);
  }
}
