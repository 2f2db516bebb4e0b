// The controls under the thumb: each opens its own panel, one at a time; a code that is typed; a name that is looked for.
import { readCode } from "./codes.js";
import { moment, word } from "./words.js";

const find = (id) => document.getElementById(id);
const PANELS = { "show-search": "search-form", "show-code": "typed", "show-clicker": "clicker", "show-last": "last", "show-more": "more" };
const opened = new Map(); // what a panel does when it opens

export function panels() {
  find("tools").hidden = false;
  for (const id of Object.keys(PANELS)) find(id).addEventListener("click", () => open(find(PANELS[id]).hidden ? id : null));
  document.addEventListener("keydown", (event) => event.key === "Escape" && open(null));
  open(null);
}

export function open(wanted) {
  find("override-form").hidden = true;
  for (const [id, pane] of Object.entries(PANELS)) {
    find(pane).hidden = id !== wanted;
    find(id).setAttribute("aria-expanded", String(id === wanted));
  }
  if (!wanted) return;
  opened.get(wanted)?.();
  find(PANELS[wanted]).querySelector("input[type=search], input[name=code]")?.focus();
}

export function whenOpened(id, work) {
  opened.set(id, work);
}

export function typedCode(onCode) {
  find("code").addEventListener("input", () => {
    find("code-trouble").hidden = true;
    find("code").removeAttribute("aria-invalid");
  });
  find("code-form").addEventListener("submit", (event) => {
    event.preventDefault();
    const code = readCode(find("code").value);
    const trouble = find("code-trouble");
    trouble.hidden = code !== null;
    find("code").setAttribute("aria-invalid", String(code === null));
    if (!code) {
      trouble.textContent = word("not-a-code");
      return;
    }
    find("code").value = "";
    onCode(code);
  });
}

export function search(people, { clock, isIn, onPerson }) {
  const show = () => {
    const words = find("name").value.trim();
    const found = words.length < 2 ? [] : people.search(words);
    const nobody = find("found-nobody");
    nobody.hidden = found.length > 0 || words.length === 0;
    nobody.textContent = words.length < 2 ? word("two-letters") : word("nobody");
    find("found").replaceChildren(...found.map((person) => row(person)));
  };
  const row = (person) => {
    const button = Object.assign(document.createElement("button"), { type: "button" });
    const name = Object.assign(document.createElement("bdi"), { textContent: person.name });
    const about = Object.assign(document.createElement("span"), { textContent: [person.category, stateOf(person)].filter(Boolean).join(", ") });
    button.append(name, about);
    button.addEventListener("click", () => {
      find("name").value = "";
      show();
      open(null);
      onPerson(person);
    });
    const item = document.createElement("li");
    item.append(button);
    return item;
  };
  const stateOf = (person) => {
    if (person.state === "cancelled") return word("state-cancelled");
    return isIn(person) ? word("entered", { when: moment(new Date(person.entered.at), { asked: clock.now(), zone: clock.zone }) }) : "";
  };
  find("name").addEventListener("input", show);
  find("search-form").addEventListener("submit", (event) => { event.preventDefault(); show(); });
}
