// The controls under the thumb: type a code, look a name up, light, another camera.
import { readCode } from "./codes.js";
import { moment, number, word } from "./words.js";

const find = (id) => document.getElementById(id);

export function panels() {
  find("tools").hidden = false;
  find("typed").hidden = true;
  const panes = { "show-search": find("search-form"), "show-code": find("typed") };
  const open = (wanted) => {
    for (const [id, pane] of Object.entries(panes)) {
      pane.hidden = id !== wanted || !pane.hidden;
      find(id).setAttribute("aria-expanded", String(!pane.hidden));
      if (!pane.hidden) pane.querySelector("input").focus();
    }
  };
  for (const id of Object.keys(panes)) find(id).addEventListener("click", () => open(id));
}

export function typedCode(onCode) {
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

export function cameraTools(camera, { torch, cameras }) {
  find("torch").hidden = !torch;
  find("next-camera").hidden = cameras.length < 2;
  find("torch").onclick = async () => {
    const on = find("torch").getAttribute("aria-pressed") !== "true";
    await camera.light(on);
    find("torch").setAttribute("aria-pressed", String(on));
  };
  find("next-camera").onclick = async () => {
    find("camera-name").textContent = word("camera", { number: number(await camera.next()) });
  };
}
