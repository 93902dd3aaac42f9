// Rows and blocks drawn from a blank of the page, under ids made here.

const NIL = "00000000-0000-0000-0000-000000000000";

/** The first element of the template `id`, as one of its own; `told` says what else of the blank becomes what. */
export function drawn(id, uid, told = {}) {
  const holder = document.createElement("template");
  const changes = Object.entries({ [NIL]: uid, ...told });
  holder.innerHTML = changes.reduce((html, [blank, own]) => html.replaceAll(blank, own), document.getElementById(id).innerHTML);
  return holder.content.firstElementChild;
}

const PAUSE = 700;
const LONGEST = 1000;

/** Calls `act` when typing pauses, and now and then when it does not; `now()` at once. */
export function whenTypingPauses(act) {
  let timer = null;
  let since = null;
  const now = () => {
    clearTimeout(timer);
    timer = since = null;
    act();
  };
  const later = () => {
    since ??= Date.now();
    clearTimeout(timer);
    timer = setTimeout(now, Math.min(PAUSE, since + LONGEST - Date.now()));
  };
  return { later, now, waits: () => timer !== null };
}
