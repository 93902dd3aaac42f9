// An export that is asked for: what there is to choose of its format, and how far it is, until its file is there.

const PAUSE = 700;

for (const form of document.querySelectorAll("form.export")) {
  choose(form);
  form.elements.form.addEventListener("change", () => choose(form));
  form.addEventListener("submit", () => {
    const number = crypto.randomUUID();
    let field = form.querySelector("[name=progress]");
    if (!field) {
      field = Object.assign(document.createElement("input"), { type: "hidden", name: "progress" });
      form.append(field);
    }
    field.value = number;
    if (form.elements.tier.value !== "identified") follow(form, number);
  });
}

/** A format that is of the whole release has neither unit nor shape. */
function choose(form) {
  const whole = form.dataset.whole.split(" ").includes(form.elements.form.value);
  for (const name of ["unit", "shape"]) form.elements[name].disabled = whole;
}

/** Say how many rows are written; after some minutes without a word, or where the server is away, no more. */
async function follow(form, number) {
  const said = form.querySelector("output");
  const { progress, says, saysBegun, saysWhole } = form.dataset;
  const figures = new Intl.NumberFormat(document.documentElement.lang);
  said.value = saysBegun;
  for (let tries = 0; tries < 400; tries++) {
    await new Promise((then) => setTimeout(then, PAUSE));
    const answer = await fetch(progress.replace(/[0-9a-f-]{36}$/, number)).catch(() => null);
    if (!answer?.ok) break;
    const { done, total } = await answer.json();
    if (total && done === total) {
      said.value = saysWhole;
      return;
    }
    if (total) said.value = says.replace("{done}", figures.format(done)).replace("{total}", figures.format(total));
  }
  said.value = "";
}
