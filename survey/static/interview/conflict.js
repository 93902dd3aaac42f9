// Somebody else wrote in the field meanwhile: both versions, and the interviewer chooses.

import { focus, seen, show, trouble } from "./fields.js";

document.addEventListener("recension:conflict", ({ detail: { queue, entry, theirs } }) => ask(queue, entry, theirs));

function ask(queue, entry, theirs) {
  const { field, part } = entry;
  const says = queue.call.dataset;
  entry.sentence = says.saysConflict.replace("{who}", theirs.who).replace("{when}", theirs.when);
  queue.refuse(entry);
  const quote = document.createElement("blockquote");
  quote.textContent = words(field, theirs, part) || says.saysNothing;
  const choose = (label, act) => {
    const button = document.createElement("button");
    button.type = "button";
    button.className = "button button-secondary small";
    button.textContent = label;
    button.addEventListener("click", () => {
      seen(field, part).value = theirs.version;
      trouble(field).replaceChildren();
      act();
      focus(field, part);
      queue.flush();
    });
    return button;
  };
  const row = document.createElement("p");
  row.className = "cluster";
  row.append(
    choose(says.saysMine, () => queue.touch(field, part)),
    choose(says.saysTheirs, () => {
      show(field, part, theirs);
      queue.discard(entry);
    }),
  );
  trouble(field).append(quote, row);
}

function words(field, theirs, part) {
  const label = (box) => box.closest("label").innerText.trim();
  const values = [theirs.value].flat();
  const note = part === "note";
  const boxes = note ? [] : [...field.querySelectorAll(".options input")];
  const reason = [...field.querySelectorAll(".reasons input")].filter((box) => !note && box.value === theirs.reason);
  const answer = boxes.length ? boxes.filter((box) => values.includes(box.value)).map(label) : values;
  return [...answer, ...reason.map(label)].filter(Boolean).join(", ");
}
