// The verdict on the screen: colour, shape, words, who it is, what to do next. It stays until the next one, or 30 s.
import { sound } from "./sounds.js";
import { moment, word } from "./words.js";

const STAYS = 30_000;
const LONG_NAME = 30;
const part = (name) => document.getElementById(`verdict${name ? `-${name}` : ""}`);

export class Card {
  constructor({ zone, onUndo }) {
    this.zone = zone;
    this.undo = document.getElementById("undo");
    this.undo.addEventListener("click", () => { this.undo.hidden = true; onUndo(this.scan); });
  }

  show({ verdict, person, message, scan, hint = "" }) {
    const look = document.querySelector(`template[data-verdict="${verdict}"]`);
    document.querySelector(".verdict[aria-labelledby]")?.remove(); // the one of the form without scripts
    this.scan = scan;
    part().className = `verdict verdict--${look.dataset.kind}`;
    part().dataset.verdict = verdict;
    part().dataset.scan = scan?.id ?? "";
    part("icon").replaceChildren(look.content.cloneNode(true));
    part("title-words").textContent = look.dataset.title;
    part("name").textContent = person?.name ?? "";
    part("name").parentElement.classList.toggle("verdict__name--long", (person?.name.length ?? 0) > LONG_NAME);
    part("category").textContent = person?.category ?? "";
    part("message").textContent = message;
    part("hint").textContent = hint;
    this.undo.hidden = !(scan && ["admitted", "left", "conflict"].includes(verdict));
    part().hidden = false;
    sound(look.dataset.kind);
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.clear(), STAYS);
  }

  clear() {
    part().hidden = true;
    delete part().dataset.verdict;
  }

  hint(text) {
    part("hint").textContent = text;
  }

  undone(text) {
    part("message").textContent = text;
  }

  // The sentence of a verdict that the phone came to by itself.
  sentence({ verdict, first, replaced }, { asked, listAge }) {
    if (verdict === "cancelled" && replaced) return word("replaced");
    if (verdict === "unknown" && listAge) return word("unknown-offline", { age: listAge });
    if (verdict !== "already-in") return word(verdict);
    return word("already-in", { when: moment(new Date(first.at), { asked, zone: this.zone }), gate: first.gate });
  }
}
