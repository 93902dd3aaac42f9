// What an interviewer has at hand beside the questions: the dossier, which is fetched when it is opened, and two keys.

/** Follows the link and the key of the dossier, and the key of the box. Escape leads back to where one was. */
export function layOut(call) {
  const dossier = call.querySelector(".dossier");
  const link = call.querySelector("[data-dossier]");
  const box = call.querySelector(".park textarea");
  let back = null;

  const toggle = (open) => {
    dossier.hidden = !open;
    link.setAttribute("aria-expanded", String(open));
    if (!open) return leave();
    come(dossier);
    if (!dossier.querySelector(".dossier-words")) fetched(dossier, link.href);
  };
  const come = (place) => {
    const { activeElement } = document;
    if (!dossier.contains(activeElement) && activeElement !== box) back = activeElement;
    place.focus();
  };
  const leave = () => back?.isConnected && back.focus();

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
