// Who else is in this interview: asked while the page is in sight, shown at the field and in the bar, said aloud once.

import { attend } from "../session.js";
import { fieldOf, placeOf } from "./fields.js";
import { item } from "./items.js";
import { named } from "./rail.js";

const EVERY = 15_000;
const LASTS = 45_000;

/** Says where one is, time and again, and shows who else is there. */
export function meet(call) {
  let heard = 0;
  let known = [];
  const tell = async () => {
    if (document.visibilityState === "visible") {
      try {
        const { others } = await ask(call);
        heard = Date.now();
        show(call, others);
        arrive(call, others.filter(({ user }) => !known.includes(user)));
        known = others.map(({ user }) => user);
      } catch {} // the line is down: who was there is shown a little longer
    }
    if (Date.now() - heard > LASTS) show(call, []);
  };
  setInterval(tell, EVERY);
  document.addEventListener("visibilitychange", () => Date.now() - heard > EVERY && tell());
  tell();
}

async function ask(call) {
  const field = item(document.activeElement);
  const { block, item: name } = field ? placeOf(field) : { block: null, item: null };
  const answer = await fetch(call.dataset.presence, {
    method: "POST",
    headers: { "Content-Type": "application/json", Accept: "application/json", "X-CSRFToken": call.dataset.csrf },
    body: JSON.stringify({ block, item: name }),
  });
  attend(answer);
  if (!answer.ok) throw answer;
  return answer.json();
}

function show(call, others) {
  const bar = call.querySelector(".others-here");
  for (const badge of call.querySelectorAll(".item > .here")) badge.remove();
  const lines = others.map((one) => {
    const field = one.item && fieldOf(call, one);
    if (!field) return bar.dataset.saysHere.replace("{who}", one.name);
    const badge = document.createElement("span");
    badge.className = "here badge badge-info";
    badge.textContent = one.name;
    field.append(badge);
    return bar.dataset.saysIn.replace("{who}", one.name).replace("{where}", named(field));
  });
  const text = lines.join(" · ");
  if (bar.textContent !== text) bar.textContent = bar.title = text;
}

function arrive(call, newcomers) {
  const said = call.querySelector(".others-said");
  if (newcomers.length) said.textContent = newcomers.map(({ name }) => said.dataset.says.replace("{who}", name)).join(" ");
}
