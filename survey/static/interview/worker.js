// The service worker opens this page without the network: it has the key from here, in memory, while this page is open and somebody's.

import { signedIn } from "../session.js";
import { keyFrom } from "./seal.js";

const EVERY = 20_000; // a browser stops a worker that hears nothing for 30 seconds

export async function giveKey({ key: text, user }) {
  const { serviceWorker } = navigator;
  if (!serviceWorker || !globalThis.crypto?.subtle) return;
  const key = await keyFrom(text);
  const give = () => signedIn() && serviceWorker.controller?.postMessage({ user, key });
  document.addEventListener("recension:session-ended", () => serviceWorker.controller?.postMessage({ ended: user }));
  document.addEventListener("recension:signed-in", give);
  serviceWorker.addEventListener("controllerchange", give);
  setInterval(give, EVERY);
  give();
  await serviceWorker.register("/service-worker.js", { updateViaCache: "none" }).catch(() => {});
}
