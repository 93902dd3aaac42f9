// What every page does with JavaScript, and lives without: the focus goes to what went wrong, menus close, a form goes once.

document.querySelector("[data-takes-focus]")?.focus();

const closeMenus = (except) => {
  for (const menu of document.querySelectorAll("details.menu[open]")) {
    if (menu !== except) menu.open = false;
  }
};

document.addEventListener("click", (event) => closeMenus(event.target.closest("details.menu")));
document.addEventListener("focusin", (event) => closeMenus(event.target.closest("details.menu")));
document.addEventListener("keydown", (event) => {
  const menu = event.key === "Escape" && event.target.closest("details.menu[open]");
  if (menu) {
    menu.open = false;
    menu.querySelector("summary").focus();
  }
});

// A form goes once: its button rests until the page shows again. The server keeps one of two all the same.
const resting = new Map();
addEventListener("submit", (event) => {
  const form = event.target;
  if (event.defaultPrevented || form.method !== "post") return;
  if (resting.has(form)) return event.preventDefault();
  resting.set(form, event.submitter);
  event.submitter?.setAttribute("aria-disabled", "true");
});
addEventListener("pageshow", () => {
  for (const button of resting.values()) button?.removeAttribute("aria-disabled");
  resting.clear();
});
