// The inbox by the keyboard: one key takes what was named into the list, another says that it is there already.

const entries = [...document.querySelectorAll(".entry")];

if (location.hash.startsWith("#e-")) document.getElementById(location.hash.slice(1))?.focus();

addEventListener("keydown", (event) => {
  if (!event.altKey || event.ctrlKey || event.metaKey || event.repeat) return;
  const entry = document.activeElement.closest(".entry") ?? entries[0];
  const form = entry?.querySelector(`form[data-key="${event.code}"]`);
  if (!form) return;
  event.preventDefault();
  form.requestSubmit(form.querySelector("button"));
});
