// A page as the server last gave it, and over it what was typed since: as if it had never been closed.

import { replays as ofBlocks } from "./blocks.js";
import { replays as ofConsent } from "./consent.js";
import { fieldOf, seen, show, stands } from "./fields.js";
import { replays as ofFinish } from "./finish.js";
import { markBoth, recordOf, route } from "./items.js";
import { recount } from "./rail.js";

const KINDS = { ...ofBlocks, ...ofConsent, ...ofFinish, answer };

/** Shows entries in order; those of kinds that other modules send are theirs to show (`recension:replay`). */
export const replayer = (call, queue) => (entries) => {
  for (const entry of entries) {
    const { kind } = entry.words;
    if (kind in KINDS) KINDS[kind](call, entry.words, entry, queue);
    else document.dispatchEvent(new CustomEvent("recension:replay", { detail: entry }));
  }
};

function answer(call, { body, acknowledged }, entry, queue) {
  const field = fieldOf(call, body);
  if (!field || queue.entries.some((one) => one.field === field && one.part === body.part)) return;
  entry.before = stands(field, body.part);
  show(field, body.part, body);
  if (entry.state === "kept") {
    seen(field, body.part).value = acknowledged;
    queue.versions.set(entry.id, acknowledged);
  }
  markBoth(field);
  route(recordOf(field), call);
  recount(field, call);
}
