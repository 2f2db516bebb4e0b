// Says how many are chosen, and lets one tick choose the page. Without it, the boxes and the button do the same.

function follow() {
  const form = document.querySelector("#chosen");
  if (!form) return;
  const boxes = [...form.querySelectorAll("input[name=registration]")];
  const everybody = form.querySelector("#everybody");
  const words = form.querySelector("#chosen-count");
  const button = form.querySelector("#go-on");

  const all = document.createElement("input");
  all.type = "checkbox";
  const heading = form.querySelector("thead .select");
  all.setAttribute("aria-label", heading.textContent.trim());
  heading.replaceChildren(all);

  const show = () => {
    const count = boxes.filter((box) => box.checked).length;
    all.checked = count === boxes.length;
    all.indeterminate = count > 0 && count < boxes.length;
    words.hidden = Boolean(everybody?.checked);
    words.textContent = count === 0 ? form.dataset.none : count === 1 ? form.dataset.one : form.dataset.many.replace("{}", count);
    button.disabled = count === 0 && !everybody?.checked;
  };

  all.addEventListener("change", () => {
    boxes.forEach((box) => { box.checked = all.checked; });
    show();
  });
  form.addEventListener("change", show);
  window.addEventListener("pageshow", show);
  show();
}

follow();
document.addEventListener("listchanged", follow);
