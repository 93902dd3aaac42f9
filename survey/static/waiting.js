// On every page: who is here, for the service worker; and what this browser still keeps of theirs and has not sent.

import { forget, openStore, unsent } from "./interview/store.js";

const box = document.querySelector(".unsent");
const nobody = document.querySelector("[data-offline]"); // says nothing of who is signed in
if (!nobody) navigator.serviceWorker?.controller?.postMessage({ opened: box?.dataset.user ?? "", language: document.documentElement.lang });

const here = document.querySelector(".call");
if (box && globalThis.indexedDB) say().catch(() => {});

async function say() {
  const { user, interviews, saysOne, saysMany, saysOpen } = box.dataset;
  const store = await openStore();
  if (here && "closed" in here.dataset) await forget(store, { user, interview: here.dataset.interview });
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
