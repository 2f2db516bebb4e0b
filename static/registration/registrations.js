// Says how many are chosen on the buttons themselves, and lets one tick choose the page. Works without it too.

const form = document.querySelector("#chosen");

if (form) {
  const boxes = [...form.querySelectorAll("input[name=registration]")];
  const buttons = [
    [form.querySelector("#print-chosen"), form.dataset.printOne, form.dataset.print],
    [form.querySelector("#cancel-chosen"), form.dataset.cancelOne, form.dataset.cancel],
  ];
  const words = buttons.map(([button]) => button.querySelector("span").textContent);

  const all = document.createElement("input");
  all.type = "checkbox";
  const heading = form.querySelector("thead .select");
  all.setAttribute("aria-label", heading.textContent.trim());
  heading.replaceChildren(all);

  const show = () => {
    const count = boxes.filter((box) => box.checked).length;
    all.checked = count === boxes.length;
    all.indeterminate = count > 0 && count < boxes.length;
    buttons.forEach(([button, one, many], index) => {
      button.disabled = count === 0;
      button.querySelector("span").textContent = count === 0 ? words[index] : count === 1 ? one : many.replace("{}", count);
    });
  };

  all.addEventListener("change", () => {
    boxes.forEach((box) => { box.checked = all.checked; });
    show();
  });
  form.addEventListener("change", show);
  window.addEventListener("pageshow", show);
  show();
}
