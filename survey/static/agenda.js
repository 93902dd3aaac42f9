// The week from the keyboard: arrows go from one appointment to the next; 1, 2 and 3 move the one where the focus is.

const slots = [...document.querySelectorAll("[data-appointment]")];
const STEPS = { ArrowDown: 1, ArrowRight: 1, ArrowUp: -1, ArrowLeft: -1 };

addEventListener("keydown", (event) => {
  const slot = event.target.closest("[data-appointment]");
  if (!slot || event.ctrlKey || event.altKey || event.metaKey) return;
  const step = STEPS[event.key];
  const target = step
    ? slots[slots.indexOf(slot) + step]?.querySelector("a, summary")
    : slot.querySelector(`[data-key="${CSS.escape(event.key)}"]`);
  if (!target) return;
  event.preventDefault();
  if (step) target.focus();
  else target.click();
});
