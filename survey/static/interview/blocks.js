// A new block at once: drawn from the page's own blank, under an id made here, told to the server right after.

import { newId } from "./ids.js";
import { recount } from "./rail.js";

const NIL = "00000000-0000-0000-0000-000000000000";

function drawn(template, uid, n) {
  const holder = document.createElement("template");
  holder.innerHTML = template.innerHTML
    .replaceAll(NIL, uid)
    .replaceAll("b-00000000", `b-${uid.slice(0, 8)}`)
    .replaceAll("BLOCK-NUMBER", n);
  return holder.content;
}

export function addBlock(call, queue, prepare) {
  const uid = newId();
  const blocks = call.querySelector(".blocks");
  const n = blocks.children.length + 1;
  blocks.append(drawn(document.querySelector("#blank-block"), uid, n));
  call.querySelector(".rail-blocks").append(drawn(document.querySelector("#blank-rail"), uid, n));
  prepare(blocks.lastElementChild);
  const first = blocks.lastElementChild.querySelector(".control input");
  recount(first.closest(".item"), call);
  blocks.lastElementChild.scrollIntoView({ block: "start" });
  first.focus({ preventScroll: true });
  return queue.addBlock(uid);
}
