// In the picture of who named whom, the lines of the organisation under the pointer or the focus stand out.

const graph = document.querySelector(".graph");
const lines = graph ? [...graph.querySelectorAll(".lines path")] : [];

const trace = (event) => {
  const node = event.target.closest?.(".spot")?.dataset.node;
  graph.classList.toggle("tracing", node !== undefined);
  for (const line of lines) line.classList.toggle("traced", line.dataset.from === node || line.dataset.to === node);
};

for (const kind of ["pointerover", "focusin"]) graph?.addEventListener(kind, trace);
for (const kind of ["pointerleave", "focusout"]) graph?.addEventListener(kind, trace);
