// Long answers: the box grows with what is typed, and what is pasted from Word or a PDF loses what no eye sees.

/** One kind of line break, no control, no half-visible mark: what survey/text.py does, and soft hyphens with it. */
export const cleaned = (text) =>
  text
    .replace(/\r\n?|\u2028|\u2029|\x85|\x0b|\x0c/g, "\n")
    .replace(/[\x00-\x08\x0e-\x1f\x7f-\x9f\u00ad\u200b\ufeff\ufffe\uffff]/g, "")
    .normalize("NFC");

/** Pastes as typing does, so that it can be undone. */
function paste(event) {
  const text = event.clipboardData?.getData("text/plain");
  if (!text || !event.target.matches("textarea, input[type=text]")) return;
  const clean = cleaned(text);
  if (clean === text) return;
  event.preventDefault();
  document.execCommand("insertText", false, event.target.matches("textarea") ? clean : clean.replace(/\n+/g, " "));
}

function grow(box) {
  box.style.blockSize = "auto";
  box.style.blockSize = `${box.scrollHeight + 2}px`;
}

export function easeTyping(call) {
  call.addEventListener("paste", paste);
  if (CSS.supports("field-sizing: content")) return;
  const all = (part) => part.querySelectorAll("textarea").forEach(grow);
  call.addEventListener("input", (event) => event.target.matches("textarea") && grow(event.target));
  call.addEventListener("drawn", ({ detail: part }) => all(part));
  all(call);
}
