// Opens without the network an interview that was opened once, for whoever opened it and holds the key in this browser.

const CACHE = `recension-${VERSION}`;
const DOWN = [502, 503, 504];

/** Who is at this browser, and the key of the pages kept for them: in memory alone. */
let user = "";
let key = null;
let language = navigator.language.startsWith("en") ? "en" : "fr";

addEventListener("install", (event) => {
  const fetched = ASSETS.map((path) => new Request(path, { cache: "reload", credentials: "omit" }));
  event.waitUntil(caches.open(CACHE).then((cache) => cache.addAll(fetched)).then(() => skipWaiting()));
});

addEventListener("activate", (event) => {
  const others = caches.keys().then((names) => Promise.all(names.filter((name) => name !== CACHE).map((name) => caches.delete(name))));
  event.waitUntil(others.then(() => clients.claim()));
});

// Every page says who is signed in as it opens; a page of an interview gives the key, again and again, for a worker forgets, and takes it back.
addEventListener("message", ({ data }) => {
  if ("opened" in data && data.opened !== user) [user, key] = [data.opened, null];
  if (data.ended === user) key = null;
  language = data.language ?? language;
  if (data.key && (!user || data.user === user)) [user, key] = [data.user, data.key];
});

addEventListener("fetch", (event) => {
  const { request } = event;
  const path = new URL(request.url).pathname;
  if (request.mode === "navigate") event.respondWith(navigate(request, path));
  else if (request.method === "GET" && ASSETS.includes(path)) event.respondWith(asset(request));
});

async function navigate(request, path) {
  const answering = fetch(request);
  const kept = request.method === "GET" && key ? await keptPage(path).catch(() => null) : null;
  try {
    const answer = await (kept ? inTime(answering, 10_000) : answering);
    if (!kept || !DOWN.includes(answer.status)) return answer;
  } catch {
    if (!kept) return (await caches.match(`/offline?lang=${language}`, { ignoreVary: true })) ?? Response.error();
  }
  return kept();
}

const inTime = (answering, patience) =>
  Promise.race([answering, new Promise((_resolve, reject) => setTimeout(reject, patience))]);

/** How to open the page as it was last kept; null when it was not, for this user. */
async function keptPage(path) {
  const store = await openStore();
  const page = await asked(store.transaction("pages").objectStore("pages").get([user, path]));
  store.close();
  const words = page && (await unseal(key, page.sealed));
  if (!words) return null;
  const html = words.html.replace("<html ", `<html data-kept="${page.at}" `);
  const headers = { "Content-Type": "text/html; charset=utf-8", "Cache-Control": "no-store", "Content-Security-Policy": words.policy };
  return () => new Response(html, { headers });
}

async function asset(request) {
  try {
    const answer = await inTime(fetch(request), 3_000);
    if (answer.ok) return answer;
  } catch {}
  return (await caches.match(request, { ignoreSearch: true, ignoreVary: true })) ?? Response.error();
}
