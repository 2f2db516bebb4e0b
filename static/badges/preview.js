// Shows the first sheet of what the form asks for, and only the fields that matter for it.
const form = document.querySelector("form[data-preview]");
const picture = document.getElementById("preview");
const link = document.getElementById("preview-link");
const risks = document.getElementById("risks");
const CUT = ["a4x4", "a7x8", "90x55x10", "sra4x4"];
let waiting = 0;

function query() {
  const values = new URLSearchParams(new FormData(form));
  for (const name of ["csrf_token", "everybody", "reason"]) values.delete(name);
  return values.toString();
}

function show() {
  const address = `${form.dataset.preview}?${query()}`;
  link.href = address;
  picture.src = address;
  risks.href = `${form.dataset.risks}?${query()}`;
}

function fit() {
  form.querySelector('[data-when="desk"]').hidden = form.elements.separators.value !== "desk";
  form.querySelector('[data-when="cut"]').hidden = !CUT.includes(form.elements.format.value);
}

form.addEventListener("input", () => {
  fit();
  clearTimeout(waiting);
  waiting = setTimeout(show, 300);
});
fit();
risks.href = `${form.dataset.risks}?${query()}`;
