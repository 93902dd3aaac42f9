// The page as the server gives it, kept sealed: what opens without the network, with what was typed since over it.

const EVERY = 30_000;

/** Keeps this page when it opens, and again while saves come, now and then. */
export function keepPages(queue, { call, outbox } = queue) {
  let timer = null;
  const soon = (pause) => (timer ??= setTimeout(take, pause));
  const take = async () => {
    timer = null;
    const path = location.pathname;
    const held = (await outbox.read()).filter(({ state }) => state === "kept");
    const answer = await fetch(path, { headers: { Accept: "text/html" }, redirect: "manual" }).catch(() => null);
    const html = answer?.ok ? await answer.text() : "";
    if (!html.includes(` data-user="${call.dataset.user}" data-interview=`)) return; // somebody else's, or an error
    await outbox.keepPage(path, { html, policy: answer.headers.get("Content-Security-Policy") }, held);
    document.documentElement.dataset.keptHere = "";
  };
  if (!document.documentElement.dataset.kept) soon(0);
  document.addEventListener("recension:acknowledged", () => soon(EVERY));
}
