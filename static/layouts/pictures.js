// Pictures are sent beside the card, which is not saved yet: nothing that was drawn is lost by it.

const section = document.querySelector("#pictures");
const elements = document.querySelector("#elements");

async function add(form) {
  const file = form.querySelector('[type="file"]').files[0];
  if (file && file.size > Number(form.dataset.most)) {
    say(form.dataset.tooLarge);
    return;
  }
  const response = await fetch(form.action, { method: "POST", body: new FormData(form) }).catch(() => null);
  if (!response?.ok) {
    say(document.querySelector("#layout-form").dataset.failed);
    return;
  }
  // The answer is the editor's page as it is saved: its pictures and what it says are taken, its card is not.
  const fresh = new DOMParser().parseFromString(await response.text(), "text/html");
  const words = fresh.querySelector("main > .notice")?.textContent.trim() ?? "";
  section.replaceChildren(...document.importNode(fresh.querySelector("#pictures"), true).childNodes);
  say(words);
}

function say(words) {
  section.querySelector("[data-answer]").textContent = words;
}

function offer(select) {
  const known = new Set([...select.options].map((option) => option.value));
  for (const { dataset } of section.querySelectorAll("[data-picture]")) {
    if (!known.has(dataset.picture)) select.add(new Option(dataset.name, dataset.picture));
  }
}

section.addEventListener("submit", (event) => {
  event.preventDefault();
  add(event.target);
});

// Also those that undoing brings back, which were copied before a picture came.
elements.addEventListener("focusin", (event) => {
  if (event.target.matches('select[name$=".picture"]')) offer(event.target);
});
