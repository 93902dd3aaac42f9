// The state of the savings, always on screen, in words.

const named = (state) => `says${state.split("-").map((word) => word[0].toUpperCase() + word.slice(1)).join("")}`;

function words(says, state, n) {
  if (state !== "waiting") return says[named(state)];
  if (!n) return says.saysOffline;
  return (n === 1 ? says.saysWaitingOne : says.saysWaiting).replace("{n}", n);
}

/** Follows the queue of a call. */
export function sayState(call) {
  const line = call.querySelector(".save-state");
  document.addEventListener("recension:state", ({ detail: { state, waiting } }) => {
    const text = words(call.dataset, state, waiting);
    if (line.textContent !== text) line.textContent = text;
    line.dataset.state = state;
    line.dataset.waiting = waiting;
  });
  document.addEventListener("recension:memory", () => (call.querySelector(".memory-alone").hidden = false));
}
