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

/** Takes up what was left by tabs that are gone, and later what those that are open now leave when they go. */
export async function takeUp(queue, replay) {
  const waited = new Set([TAB]);
  const adopt = (tab) => async (lock) => {
    if (!lock) return void navigator.locks.request(lockOf(tab), adopt(tab));
    const theirs = (await queue.outbox.read()).filter((one) => one.state !== "kept" && one.tab === tab);
    replay(theirs);
    await queue.adopt(theirs);
    queue.flush();
  };
  const follow = (tab) => {
    if (waited.has(tab)) return null;
    waited.add(tab);
    return navigator.locks.request(lockOf(tab), { ifAvailable: true }, adopt(tab));
  };
  const channel = channelOf(queue);
  channel.addEventListener("message", ({ data: { arrived, here } }) => {
    if (arrived) channel.postMessage({ here: TAB });
    if (arrived ?? here) follow(arrived ?? here);
  });
  channel.postMessage({ arrived: TAB });
  for (const { state, tab } of await queue.outbox.read()) if (state !== "kept") await follow(tab);
}

const channelOf = ({ call: { dataset } }) => new BroadcastChannel(`recension-${dataset.user}-${dataset.interview}`);

/** What another tab saved shows here too, unless something waits here in the same field. */
export function share(queue) {
  const channel = channelOf(queue);
  document.addEventListener("recension:acknowledged", ({ detail: { entry, said } }) => {
    if (entry.key) channel.postMessage({ body: entry.words.body, version: said.version });
  });
  channel.addEventListener("message", ({ data: { body, version } }) => {
    const field = body && fieldOf(queue.call, body);
    if (!field || queue.entries.some(({ key }) => key === keyOf(body))) return;
    const box = seen(field, body.part);
    if (version <= Number(box.value)) return;
    box.value = version;
    show(field, body.part, body);
    recount(field, queue.call);
  });
}
