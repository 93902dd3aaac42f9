// Blocks come, go and move at once: drawn from the page's own blank under ids made here, told to the server right after.

import { drawn } from "./blanks.js";
import { answer, markToConfirm } from "./carried.js";
import { newId } from "./ids.js";
import { recount } from "./rail.js";

const NUMBER = "BLOCK-NUMBER";
const DOUBLE_CLICK = 500;

export const keyOf = (uid) => `b-${uid.slice(0, 8)}`;
const blocksOf = (call) => call.querySelector(".blocks");
const railOf = (call) => call.querySelector(".rail-blocks");

const blank = (part, uid, n) => drawn(`blank-${part}`, uid, { "b-00000000": keyOf(uid), [NUMBER]: n });

/** Puts a block on the page, an empty one unless it is given, before the block that stands at `place` or at the end. */
function insert(call, uid, given = null, place = Infinity) {
  const [blocks, rail] = [blocksOf(call), railOf(call)];
  const article = given ?? blank("block", uid, blocks.children.length + 1);
  blocks.insertBefore(article, blocks.children[place] ?? null);
  rail.insertBefore(blank("rail", uid, blocks.children.length), rail.children[place] ?? null);
  if (place < Infinity) number(call);
  call.dispatchEvent(new CustomEvent("drawn", { detail: article }));
  markToConfirm(call, article);
  recount(article.querySelector('.item[data-item="name"]'), call);
  return article;
}

/** Says anew the number of each block, wherever the blank one has a number. */
function number(call) {
  const numbered = (part) => part.querySelectorAll("h3, .q, .rail-n");
  const blanks = ["#blank-block", "#blank-rail"].map((id) => [...numbered(document.querySelector(id).content)]);
  [...blocksOf(call).children].forEach((article, n) => {
    for (const [blank, part] of [[blanks[0], article], [blanks[1], railOf(call).children[n]]]) {
      [...numbered(part)].forEach((said, i) => (said.textContent = blank[i].textContent.replace(NUMBER, n + 1)));
    }
  });
}

export function addBlock(call, queue) {
  const uid = newId();
  const article = insert(call, uid);
  article.scrollIntoView({ block: "start" });
  article.querySelector(".control input").focus({ preventScroll: true });
  return queue.send({ kind: "block", path: call.dataset.add, body: { uid }, form: true });
}

let last = -Infinity;

/** A double click adds one block; keys may follow each other as fast as somebody types. */
export function addBlockByClick(call, queue) {
  const again = performance.now() - last < DOUBLE_CLICK;
  last = performance.now();
  return again ? null : addBlock(call, queue);
}

const acted = (path) => path.match(/\/initiatives\/([0-9a-f-]{36})\/(remove|restore|up|down|confirm|doubt|gone)$/)?.slice(1);

/** Whether a form removes, restores or moves a block, which is done here and told to the server. */
export function actOnBlock(call, queue, form) {
  const path = new URL(form.action).pathname;
  if (!acted(path)) return false;
  const near = act(call, path);
  queue.send({ kind: "act", path, body: { form_id: newId() }, form: true });
  near.focus();
  return true;
}

/** Does on the page what the server does at that address; returns what the eye should be on. */
function act(call, path) {
  const [uid, what] = acted(path);
  const article = document.getElementById(keyOf(uid));
  if (what === "restore") return restore(call, uid) ?? article;
  if (!article) return call;
  if (what === "remove" || what === "gone") return remove(call, uid, article, what === "gone" ? call.dataset.saysGone : "");
  if (what === "confirm" || what === "doubt") return answer(call, article, what === "confirm");
  const step = what === "up" ? -1 : 1;
  const place = [...blocksOf(call).children].indexOf(article);
  const there = Math.max(0, Math.min(place + step, blocksOf(call).children.length - 1));
  for (const list of [blocksOf(call), railOf(call)]) {
    if (there !== place) list.insertBefore(list.children[place], list.children[there + (step > 0 ? 1 : 0)] ?? null);
  }
  number(call);
  return article.querySelector(`form[action$="/${what}"] button`);
}

function remove(call, uid, article, why) {
  const place = [...blocksOf(call).children].indexOf(article);
  const removed = blank("removed", uid, place);
  removed.querySelector("em").textContent = article.querySelector("input[name=name]").value.trim() || call.dataset.saysNameless;
  removed.querySelector(".why").textContent = why && `– ${why}`;
  removed.dataset.place = place;
  removed.querySelector("template").content.replaceChildren(article);
  railOf(call).children[place].remove();
  call.querySelector("#initiatives").append(removed);
  number(call);
  return removed.querySelector("button");
}

function restore(call, uid) {
  const removed = call.querySelector(`.removed[data-block="${uid}"]`);
  if (!removed) return null;
  const article = document.adoptNode(removed.querySelector("template").content.firstElementChild);
  removed.remove();
  return insert(call, uid, article, Number(removed.dataset.place));
}

/** What waited, shown again on a page that does not hold it yet. */
export const replays = {
  block: (call, { body }) => document.getElementById(keyOf(body.uid)) ?? insert(call, body.uid),
  act: (call, { path }) => act(call, path),
};
