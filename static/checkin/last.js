// The last scans of this phone, each of which can be taken back for 15 minutes.
import { initials } from "./card.js";
import { options } from "./options.js";
import { canBeUndone } from "./scanning.js";
import { moment, word } from "./words.js";

const find = (id) => document.getElementById(id);

export function lastScans({ door, onUndo }) {
  const row = (line) => {
    const item = document.getElementById("last-row").content.firstElementChild.cloneNode(true);
    const look = document.querySelector(`template[data-verdict="${line.verdict}"]`);
    const name = options.hidesNames ? initials(line.name) : line.name;
    item.dataset.kind = look.dataset.kind;
    item.querySelector("[data-part=icon]").replaceChildren(look.content.cloneNode(true));
    item.querySelector("bdi").textContent = name || word("no-name");
    const when = moment(new Date(line.at), { asked: door.clock.now(), zone: door.clock.zone });
    item.querySelector("[data-part=about]").textContent = `${line.undone ? word("taken-back") : look.dataset.title}, ${when}`;
    const button = item.querySelector("button");
    button.hidden = !canBeUndone(line, door.clock.now());
    button.setAttribute("aria-label", word("undo-of", { name: name || word("no-name") }));
    button.addEventListener("click", () => { button.hidden = true; onUndo(line.id, line); });
    return item;
  };
  return async () => {
    if (find("last").hidden) return;
    const lines = (await door.store.fact("last")) ?? [];
    find("last-none").hidden = lines.length > 0;
    find("last-list").replaceChildren(...lines.map(row));
  };
}
