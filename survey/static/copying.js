// A button that copies what stands in a field, and says so; where there is no clipboard, the field is chosen for the keyboard.

for (const button of document.querySelectorAll("button[data-copies]")) {
  const field = document.getElementById(button.dataset.copies);
  const status = button.parentElement.querySelector("[role=status]");
  button.hidden = false;
  button.addEventListener("click", async () => {
    status.textContent = "";
    try {
      await navigator.clipboard.writeText(field.value);
      status.textContent = button.dataset.says;
    } catch {
      field.select();
      status.textContent = button.dataset.saysNot;
    }
  });
}
