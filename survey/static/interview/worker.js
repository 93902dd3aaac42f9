// The service worker opens this page without the network: it has the key from here, in memory, for as long as this page is open.

import { keyFrom } from "./seal.js";

const EVERY = 20_000; // a browser stops a worker that hears nothing for 30 seconds

export async function giveKey({ key: text, user }) {
  const { serviceWorker } = navigator;
  if (!serviceWorker || !globalThis.crypto?.subtle) return;
  const key = await keyFrom(text);
  const give = () => serviceWorker.controller?.postMessage({ user, key });
  serviceWorker.addEventListener("controllerchange", give);
  setInterval(give, EVERY);
  give();
  await serviceWorker.register("/service-worker.js", { updateViaCache: "none" }).catch(() => {});
}
