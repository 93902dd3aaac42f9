// What an interviewer has at hand beside the questions: the dossier, which is fetched when it is opened, and two keys.

/** Follows the link and the key of the dossier, and the key of the box. Escape leads back to where one was. */
export function layOut(call) {
  const dossier = call.querySelector(".dossier");
  const link = call.querySelector("[data-dossier]");
  const box = call.querySelector(".park textarea");
  let back = null;

  const beside = () => getComputedStyle(dossier).position !== "static";
  const toggle = (open) => {
    remember();
    const act = () => {
      dossier.hidden = !open;
      link.setAttribute("aria-expanded", String(open));
      if (open) dossier.focus({ preventScroll: beside() });
      else leave({ preventScroll: beside() });
    };
    if (beside()) keepStill(atHand(call, back), act);
    else act();
    if (open && !dossier.querySelector(".dossier-words")) fetched(dossier, link.href);
  };
  const remember = () => {
    const { activeElement } = document;
    if (!dossier.contains(activeElement) && activeElement !== box) back = activeElement;
  };
  const come = (place) => {
    remember();
    place.focus();
  };
  const leave = (options) => back?.isConnected && back.focus(options);

  link.setAttribute("role", "button");
  link.setAttribute("aria-expanded", "false");
  link.setAttribute("aria-controls", dossier.id);
  link.addEventListener("click", (event) => {
    event.preventDefault();
    toggle(dossier.hidden);
  });
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && dossier.contains(event.target)) toggle(false);
    if (event.key === "Escape" && event.target === box) leave();
    if (!event.altKey || event.ctrlKey || event.metaKey) return;
    if (event.code === "KeyD") toggle(dossier.hidden);
    else if (event.code === "KeyG") come(box);
    else return;
    event.preventDefault();
  });
}

/** What one looks at: where the focus is if that is on screen, or else the first question that is. */
function atHand(call, focused) {
  const { bottom: top } = call.querySelector(".call-bar").getBoundingClientRect();
  const onScreen = (place) => {
    const box = place.getBoundingClientRect();
    return box.bottom > top && box.top < innerHeight;
  };
  const parts = call.querySelector(".parts");
  const near = parts.contains(focused) ? [focused] : [];
  return [...near, ...parts.querySelectorAll(".question")].find(onScreen) ?? parts;
}

/** Changes the layout, and what one looks at stays where it is on screen. */
function keepStill(place, change) {
  const { top } = place.getBoundingClientRect();
  change();
  scrollBy({ top: place.getBoundingClientRect().top - top, behavior: "instant" });
}

async function fetched(dossier, path) {
  say(dossier, dossier.dataset.saysWaiting);
  try {
    const answer = await fetch(path, { headers: { Accept: "text/html" }, redirect: "manual" });
    const page = new DOMParser().parseFromString(answer.ok ? await answer.text() : "", "text/html");
    dossier.replaceChildren(document.adoptNode(page.querySelector(".dossier-words")));
  } catch {
    say(dossier, dossier.dataset.saysAbsent);
  }
}

function say(dossier, sentence) {
  const said = document.createElement("p");
  said.className = "muted";
  said.textContent = sentence;
  dossier.replaceChildren(said);
}
