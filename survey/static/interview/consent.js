// What the person consents to: checked here as the server does, told to it, and the call goes on without waiting.

import { newId } from "./ids.js";
import { item } from "./items.js";

const FIRST_FIELD = "i-respondent_name";
const DOUBLE_CLICK = 500; // nothing moves away from under its second half

let told = "";

/** Records what the form says, once it says all that it must. */
export function consentTo(call, queue, form) {
  const body = Object.fromEntries(new FormData(form));
  delete body.csrf_token;
  const lines = [...form.querySelectorAll(".consent-line")].filter((line) => {
    const lacks = !line.querySelector("input:checked") && (body.interview !== "no" || line.querySelector("[name=interview]"));
    say(line, lacks ? form.dataset.saysLacking : null);
    return lacks;
  });
  if (lines.length) return lines[0].querySelector("input").focus();
  const { form_id: _id, ...given } = body;
  const same = told === JSON.stringify(given);
  told = JSON.stringify(given);
  const goOn = () => {
    const { activeElement: at } = document;
    const elsewhere = at !== document.body && !form.contains(at); // somebody who types already is left where they are
    done(call, form, body);
    if (body.interview === "no" || elsewhere) return;
    location.hash = FIRST_FIELD;
    const first = document.getElementById(FIRST_FIELD);
    first.closest("[data-part]").scrollIntoView({ block: "start" }); // its heading too, which the bar would hide
    item(first).scrollIntoView({ block: "nearest" });
    first.focus({ preventScroll: true });
  };
  if (document.activeElement.matches(":focus-visible")) goOn();
  else setTimeout(goOn, DOUBLE_CLICK);
  if (same) return null;
  form.elements.form_id.value = newId(); // said otherwise later, it is another consent
  return queue.send({ kind: "consent", path: new URL(form.action).pathname, body, form: true });
}

function say(line, sentence) {
  line.querySelector(".field-error")?.remove();
  if (!sentence) return;
  const said = document.createElement("p");
  said.className = "field-error";
  said.textContent = sentence;
  line.append(said);
}

function done(call, form, given) {
  for (const [name, value] of Object.entries(given)) {
    for (const box of form.querySelectorAll(`input[type=radio][name="${CSS.escape(name)}"]`)) box.checked = box.value === value;
  }
  const details = form.closest("details");
  details.open = false;
  details.querySelector("summary").textContent = form.dataset.saysDone;
  call.querySelector(".refusal").hidden = given.interview !== "no";
  const line = call.querySelector('.rail a[href="#opening"] .lacks');
  const full = document.createElement("span");
  full.className = "visually-hidden";
  full.textContent = call.dataset.saysFull;
  line.replaceChildren("✓", full);
}

export const replays = { consent: (call, { body }) => done(call, call.querySelector("form.consent"), body) };
