// Shows the answers to choose from only where the answer is one of a list; without this they stand there with a word.
const kind = document.querySelector("#kind");
const options = document.querySelector("#options");

if (kind && options) {
  const show = () => { options.hidden = !["one-of", "several-of"].includes(kind.value); };
  kind.addEventListener("change", show);
  window.addEventListener("pageshow", show);
  show();
}
