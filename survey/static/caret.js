// Where one is on the page, to come back there: a dialog gives back the focus alone.

/** Focuses a control; in a text the caret goes after what stands there already. */
export function focusAtEnd(control, options) {
  control.focus(options);
  if (typeof control.selectionStart === "number") control.setSelectionRange(control.value.length, control.value.length);
}

/** How to put the focus, and in a text the caret, back where they are now. */
export function caret() {
  const { activeElement: there } = document;
  const at = there.matches("textarea, input") && there.selectionStart !== null ? [there.selectionStart, there.selectionEnd] : null;
  return () => {
    there.focus({ preventScroll: true });
    if (at) there.setSelectionRange(...at);
  };
}
