// One button ticks, or unticks, every row of the page; a row that is ticked is not left under what then rises.
for (const button of document.querySelectorAll("[data-tick]")) {
  const boxes = [...document.querySelectorAll(`input[type=checkbox][name="${button.dataset.tick}"]`)];
  button.hidden = false;
  button.addEventListener("click", () => {
    const all = boxes.every((box) => box.checked);
    for (const box of boxes) box.checked = !all;
  });
  for (const box of boxes) box.addEventListener("change", () => box.closest("tr").scrollIntoView({ block: "nearest" }));
}
