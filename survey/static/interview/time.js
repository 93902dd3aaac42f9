// How long one is at work in each part of the call: told to the server in totals, shown in the bar with what is left.

import { attend } from "../session.js";
import { newId } from "./ids.js";
import { lacks } from "./items.js";

const TICK = 1000;
const TELL = 30_000;
const SHOW = 10_000;
const IDLE = 3 * 60_000; // somebody who listens types nothing for a while
const SILENCE = 30 * 60_000; // what comes after is another sitting

const SECTIONS = { opening: "introduction", general: "general", initiatives: "initiatives", others: "others" };

/** What the server calls a part of the page: the name of a section, or the `uid` of a block. */
export const nameOf = (part) => SECTIONS[part.id] ?? part.querySelector(".record").dataset.block;

/** The part that one is in: where the focus is, or else what the rail marks. */
export function partAtHand(call) {
  const focused = document.activeElement.closest("[data-part]");
  return focused ?? call.querySelector(call.querySelector(".rail a[aria-current]")?.hash || "#opening");
}

/** A visit: its `seconds`, those that were `told`; and what the server says was `spent`, `counted` of it by this visit. */
const begun = (spent = {}) => ({ visit: newId(), atWork: false, seconds: {}, told: {}, spent, counted: {} });

/** What the page before this one, in this tab, had counted. It is taken away: a copy of the tab is another visit. */
function takeOver(lane) {
  const kept = JSON.parse(sessionStorage.getItem(lane));
  sessionStorage.removeItem(lane);
  return kept;
}

export function keepTime(call) {
  const line = call.querySelector(".call-time");
  const lane = `recension-time-${call.dataset.user}-${call.dataset.interview}`;
  const time = { ...begun(), ...takeOver(lane) };
  let fresh = false; // whether what is known is what the server says
  let [last, active] = [performance.now(), performance.now()];

  const soFar = () => sum(time.spent, sum(time.seconds, time.counted, -1));
  const show = () => (line.textContent = words(line.dataset, call, soFar(), time.usual));
  const restart = () => Object.assign(time, begun(soFar()));
  if (Date.now() - time.at > SILENCE) restart();

  /** Tells all that this visit took so far: what is told twice, or not at all, does no harm. */
  const tell = async (keepalive = false) => {
    const whole = Object.fromEntries(Object.entries(time.seconds).map(([part, n]) => [part, Math.round(n)]));
    if (!time.atWork || JSON.stringify(whole) === JSON.stringify(time.told)) return;
    const { visit } = time;
    const headers = { "Content-Type": "application/json", Accept: "application/json", "X-CSRFToken": call.dataset.csrf };
    try {
      const body = JSON.stringify({ visit, seconds: whole });
      const answer = await fetch(line.dataset.time, { method: "POST", headers, body, keepalive });
      attend(answer);
      if (!answer.ok) return;
      if (visit === time.visit) time.told = whole;
      sayWho(call, (await answer.json()).sitting);
    } catch {
      fresh = false; // the next time it says it all again
    }
  };

  const ask = async () => {
    const { told } = time;
    try {
      const answer = await fetch(line.dataset.time, { headers: { Accept: "application/json" } });
      attend(answer);
      if (answer.ok && told === time.told) {
        Object.assign(time, await answer.json());
        // a block that the server does not have yet had nothing counted
        time.counted = Object.fromEntries(Object.entries(told).map(([part, n]) => [part, Math.min(n, time.spent[part] ?? 0)]));
        fresh = true;
      }
    } catch {} // without the network nothing is predicted
    show();
  };

  const refresh = async () => {
    await tell();
    if (!fresh) await ask();
  };

  const stir = (event) => {
    const now = performance.now();
    if (now - active > SILENCE) restart();
    active = now;
    if (!time.atWork && event.target.closest?.("[data-part] :is(input, textarea, select)")) {
      time.atWork = true;
      tell();
    }
  };

  for (const kind of ["focusin", "keydown", "pointerdown", "input"]) call.addEventListener(kind, stir, { passive: true });
  document.addEventListener("scroll", stir, { passive: true });
  setInterval(() => {
    const now = performance.now();
    const elapsed = Math.min(now - last, 5 * TICK);
    last = now;
    if (document.visibilityState !== "visible" || !document.hasFocus() || now - active > IDLE) return;
    const part = nameOf(partAtHand(call));
    time.seconds[part] = (time.seconds[part] ?? 0) + elapsed / 1000;
  }, TICK);
  setInterval(refresh, TELL);
  setInterval(show, SHOW);
  addEventListener("online", refresh);
  document.addEventListener("visibilitychange", () => document.visibilityState === "hidden" && tell(true));
  addEventListener("pagehide", () => {
    tell(true);
    sessionStorage.setItem(lane, JSON.stringify({ ...time, at: Date.now() }));
  });
  addEventListener("pageshow", ({ persisted }) => persisted && Object.assign(time, takeOver(lane)));
  if (time.at) show();
  refresh();
}

/** Two counts together, part by part; the second is taken away where `sign` is -1. */
function sum(one, other, sign = 1) {
  const both = { ...one };
  for (const [part, n] of Object.entries(other)) both[part] = (both[part] ?? 0) + sign * n;
  return both;
}

function sayWho(call, sitting) {
  const place = call.querySelector(".sittings > summary") ?? call.querySelector(".sitting-now");
  if (sitting && place.textContent !== sitting) place.textContent = sitting;
}

function words(says, call, spent, usual) {
  const minutes = Math.max(1, Math.round(Object.values(spent).reduce((total, n) => total + n, 0) / 60));
  if (usual === null) return says.saysUnknown.replace("{n}", minutes);
  const left = usual ? Math.ceil(remaining(call, spent, usual) / 60) : 0;
  if (!left) return says.saysUsed.replace("{n}", minutes);
  return says.saysLeft.replace("{n}", minutes).replace("{m}", left > 10 ? Math.ceil(left / 5) * 5 : left);
}

/** The seconds that the parts still without an answer usually take, less what they took already. */
export function remaining(call, spent, usual) {
  const left = (part, section) =>
    [...part.querySelectorAll(".item")].some(lacks) ? Math.max(0, (usual[section] ?? 0) - (spent[nameOf(part)] ?? 0)) : 0;
  const parts = ["general", "others"].map((id) => left(call.querySelector(`#${id}`), id));
  if (!call.querySelector(".skip-notice").hidden) return parts.reduce((total, n) => total + n, 0);
  const blocks = [...call.querySelector(".blocks").children];
  const announced = Number(call.querySelector('#general [name="initiative_count"]').value) || 0;
  const further = Math.max(0, announced - blocks.length) * (usual.initiatives ?? 0);
  return [...parts, ...blocks.map((block) => left(block, "initiatives"))].reduce((total, n) => total + n, further);
}
