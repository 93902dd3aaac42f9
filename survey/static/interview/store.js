// The browser's own database: what waits to be sent, and pages as the server last gave them; their words are sealed.

const NAME = "recension";

/** What each version of the schema adds; what is there stays. */
const STEPS = [
  (store) => store.createObjectStore("outbox", { keyPath: "seq", autoIncrement: true }),
  (store, change) => {
    change.objectStore("outbox").createIndex("interview", ["user", "interview"]);
    store.createObjectStore("pages", { keyPath: ["user", "path"] });
  },
];

export const asked = (request) =>
  new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });

/** Once a transaction is on the disk: `oncomplete`, not the success of its requests. */
export const written = (change) =>
  new Promise((resolve, reject) => {
    change.oncomplete = () => resolve();
    change.onabort = () => reject(change.error);
  });

/** The database, brought up to date. A page that holds an older one open lets go of it. */
export async function openStore() {
  const request = indexedDB.open(NAME, STEPS.length);
  request.onupgradeneeded = ({ oldVersion }) => {
    for (const step of STEPS.slice(oldVersion)) step(request.result, request.transaction);
  };
  const store = await asked(request);
  store.onversionchange = () => store.close();
  return store;
}

export const toWrite = (store, ...names) => store.transaction(names, "readwrite", { durability: "strict" });

/** Every entry of an interview that a user has here, sealed. */
export const entriesOf = (store, { user, interview }) =>
  asked(store.transaction("outbox").objectStore("outbox").index("interview").getAll([user, interview]));

/** How many entries of a user were never acknowledged, by interview. */
export async function unsent(store, user) {
  const found = await asked(store.transaction("outbox").objectStore("outbox").getAll());
  const counts = new Map();
  for (const entry of found) {
    if (entry.user === user && entry.state !== "kept") counts.set(entry.interview, (counts.get(entry.interview) ?? 0) + 1);
  }
  return counts;
}

/** An interview that is completed is not opened again as it was before. What was not sent stays. */
export async function forget(store, { user, interview }) {
  const change = toWrite(store, "outbox", "pages");
  change.objectStore("pages").delete([user, location.pathname]);
  const entries = change.objectStore("outbox");
  for (const { seq, state } of await asked(entries.index("interview").getAll([user, interview]))) {
    if (state === "kept") entries.delete(seq);
  }
  return written(change);
}
