// The rail: where one is, what each part is called, what it lacks.

import { lacks } from "./items.js";

/** Says anew what the part around a field lacks: how much on its line, and what under the line of the part at hand. */
export function recount(field, call) {
  const part = field.closest("[data-part]");
  const line = call.querySelector(`[data-rail="${part.id}"]`);
  if (!line) return;
  const lacking = lackingIn(part);
  showCount(line.querySelector(".lacks"), lacking.length, call.dataset);
  showLacking(line, lacking);
  if (field.dataset.item === "name") {
    line.querySelector(".rail-name").textContent = field.querySelector(".control input").value.trim() || call.dataset.saysNameless;
  }
}

export const lackingIn = (part) => [...part.querySelectorAll(".item")].filter((field) => lacks(field) && !saidInRows(field));

/** Whether an item of Q.14 is answered in the rows under it. */
const saidInRows = (field) =>
  ["others_named", "others_contacts"].includes(field.dataset.item) &&
  [...field.closest("[data-part]").querySelectorAll(".referral:not([data-gone]) .words :is(input, textarea)")].some(({ value }) => value.trim());

function followRows(call) {
  const again = () => recount(call.querySelector('.item[data-item="others_named"]'), call);
  const rows = call.querySelector(".referral-rows");
  rows.addEventListener("input", again);
  new MutationObserver(again).observe(rows, { childList: true, subtree: true, attributeFilter: ["data-gone", "data-version"] });
}

function showCount(count, n, says) {
  const hidden = document.createElement("span");
  hidden.className = "visually-hidden";
  hidden.textContent = ` ${n ? says.saysLacking : says.saysFull}`;
  count.replaceChildren(n ? String(n) : "✓", hidden);
  count.dataset.lacks = n;
}

function showLacking(line, lacking) {
  let list = line.querySelector(".rail-lacking");
  if (!list) {
    list = document.createElement("ul");
    list.className = "rail-lacking";
    line.append(list);
  }
  list.replaceChildren(...lacking.map(linkTo));
}

/** A line of a list that leads to a field. */
export function linkTo(field) {
  const link = document.createElement("a");
  link.href = `#${field.querySelector(".trouble").id.replace(/-trouble$/, "")}`;
  link.textContent = named(field);
  const line = document.createElement("li");
  line.append(link);
  return line;
}

/** The number of an item's question, and its own label where it has one. */
export function named(field) {
  const number = field.closest(".question").querySelector(".q")?.textContent.trim() ?? "";
  const label = field.querySelector(".label:not(p)")?.textContent ?? field.querySelector("p.label")?.textContent ?? "";
  return `${number} ${label.replace(/\s*:\s*$/, "").trim()}`.trim();
}

function onScreen(part) {
  const { top, bottom } = part.getBoundingClientRect();
  return bottom > 80 && top < window.innerHeight;
}

/** Marks on the rail the part that is on screen. */
export function follow(call) {
  for (const part of call.querySelectorAll("[data-part]")) {
    const field = part.querySelector(":scope > .card .item, :scope > .record .item");
    if (field) recount(field, call);
  }
  followRows(call);
  const mark = () => {
    const top = call.querySelector(".call-bar").getBoundingClientRect().bottom + 80;
    const passed = [...call.querySelectorAll("[data-part]")].filter((part) => part.getBoundingClientRect().top <= top);
    const focused = document.activeElement.closest("[data-part]");
    const here = (focused && onScreen(focused) ? focused : passed.at(-1))?.id ?? "opening";
    for (const link of call.querySelectorAll(".rail a:not(.rail-lacking a)")) {
      if (link.hash === `#${here}`) link.setAttribute("aria-current", "true");
      else link.removeAttribute("aria-current");
    }
  };
  let asked = false;
  const soon = () => {
    if (asked) return;
    asked = true;
    requestAnimationFrame(() => {
      asked = false;
      mark();
    });
  };
  document.addEventListener("scroll", soon, { passive: true });
  document.addEventListener("focusin", soon);
  window.addEventListener("resize", soon);
  mark();
}
