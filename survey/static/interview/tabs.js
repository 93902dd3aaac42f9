// Several tabs of one interview: one sends at a time, and what a tab that is gone left unsent is taken up by another.

import { fieldOf, keyOf, seen, show } from "./fields.js";
import { newId } from "./ids.js";
import { recount } from "./rail.js";

/** This page, for as long as it is open. */
export const TAB = newId();

const lockOf = (tab) => `recension-tab-${tab}`;

/** Says to the other tabs, before anything is kept here, that this one is open; its end lets go of the lock. */
export const arrive = () =>
  (arrived ??= new Promise((granted) => {
    navigator.locks.request(lockOf(TAB), () => {
      granted();
      return new Promise(() => {});
    });
  }));

let arrived = null;

/** Sends while no other tab of this interview does. */
export const alone = (call, act) =>
  navigator.locks ? navigator.locks.request(`recension-sends-${call.dataset.answers}`, act) : act();

/** Takes up what was left by tabs that are gone, now, or later when those that are still open go. */
export async function takeUp(queue, replay) {
  const left = await queue.outbox.read();
  const owners = new Set(left.filter(({ state, tab }) => state !== "kept" && tab !== TAB).map(({ tab }) => tab));
  const adopt = (tab) => async (lock) => {
    if (!lock) return void navigator.locks.request(lockOf(tab), adopt(tab));
    const theirs = (await queue.outbox.read()).filter((one) => one.state !== "kept" && one.tab === tab);
    replay(theirs);
    await queue.adopt(theirs);
    queue.flush();
  };
  for (const tab of owners) await navigator.locks.request(lockOf(tab), { ifAvailable: true }, adopt(tab));
}

/** What another tab saved shows here too, unless something waits here in the same field. */
export function share(queue) {
  const channel = new BroadcastChannel(`recension-${queue.call.dataset.answers}-${queue.call.dataset.user}`);
  document.addEventListener("recension:acknowledged", ({ detail: { entry, said } }) => {
    if (entry.key) channel.postMessage({ body: entry.words.body, version: said.version });
  });
  channel.addEventListener("message", ({ data: { body, version } }) => {
    const field = fieldOf(queue.call, body);
    if (!field || queue.entries.some(({ key }) => key === keyOf(body))) return;
    const box = seen(field, body.part);
    if (version <= Number(box.value)) return;
    box.value = version;
    show(field, body.part, body);
    recount(field, queue.call);
  });
}
