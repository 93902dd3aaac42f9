// The rail: where one is, what each part is called, what it lacks.

import { lacks, recordOf } from "./items.js";

export function recount(field, call) {
  const part = field.closest("[data-part]");
  const line = call.querySelector(`[data-rail="${part.id}"]`);
  if (!line) return;
  const n = [...recordOf(field).querySelectorAll(".item")].filter(lacks).length;
  const count = line.querySelector(".lacks");
  const { saysLacking, saysFull, saysNameless } = call.dataset;
  const hidden = document.createElement("span");
  hidden.className = "visually-hidden";
  hidden.textContent = ` ${n ? saysLacking : saysFull}`;
  count.replaceChildren(n ? String(n) : "✓", hidden);
  count.dataset.lacks = n;
  if (field.dataset.item === "name") {
    line.querySelector(".rail-name").textContent = field.querySelector(".control input").value.trim() || saysNameless;
  }
}

/** Marks on the rail the part that is on screen. */
export function follow(call) {
  const links = () => [...call.querySelectorAll(".rail a")];
  const mark = () => {
    const top = call.querySelector(".call-bar").getBoundingClientRect().bottom + 80;
    const passed = [...call.querySelectorAll("[data-part]")].filter((part) => part.getBoundingClientRect().top <= top);
    const here = passed.at(-1)?.id ?? "opening";
    for (const link of links()) {
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
  window.addEventListener("resize", soon);
  mark();
}
