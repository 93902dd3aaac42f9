// Leaving for a page that the server draws: once everything typed is there, and only if it answers.

/** Goes where `go` leads; a refused answer is shown instead, and where the line is down the page says so or does `without`. */
export async function onceSaved(queue, go, without = sayDown) {
  const settled = await queue.settled();
  if (queue.why ? queue.why !== "waiting" : !settled) return showRefused(queue);
  return settled && (await queue.reached()) ? go() : without(queue.call);
}

/** Follows the links of the rail that lead out of the call. */
export function leaveByLinks(call, queue) {
  call.addEventListener("click", (event) => {
    const link = event.target.closest(".elsewhere a");
    if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    onceSaved(queue, () => location.assign(link.href));
  });
  document.addEventListener("recension:state", ({ detail: { state } }) => {
    if (state !== "waiting") call.querySelector(".line-down").hidden = true;
  });
}

function sayDown(call) {
  const notice = call.querySelector(".line-down");
  notice.hidden = true; // what is said again is read again
  requestAnimationFrame(() => (notice.hidden = false));
}

/** Goes to the first answer that is not on the server, which says why. */
function showRefused(queue) {
  queue.of("aside")[0]?.field?.querySelector(".control :is(input, textarea)").focus();
}
