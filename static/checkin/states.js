// What keeps the scanner from its work, said in the place of the picture: what happened, what to do, and a button where
// one helps.
import { word } from "./words.js";

const find = (id) => document.getElementById(id);
const WITH_BUTTON = { "camera-refused": "again", "camera-busy": "again", "camera-missing": "again", "decoder-missing": "reload", "storage-refused": "reload", "storage-full": "reload", "pin-changed": "reload", "gate-revoked": "reload", "no-gate": "reload", "edition-over": null };

export class States {
  constructor({ onAgain }) {
    this.shown = this.over = null;
    find("trouble-button").addEventListener("click", () => {
      if (WITH_BUTTON[this.shown] === "reload") location.reload();
      else onAgain();
    });
  }

  // `over`: whose word it is («gate», «disk») when it stands over the verdicts too: nothing is decided until it is mended.
  show(name, { over = null } = {}) {
    if (this.over && !over) return;
    Object.assign(this, { shown: name, over });
    find("trouble").dataset.trouble = name;
    find("trouble").classList.toggle("scanner__trouble--over", Boolean(over));
    find("trouble-title").textContent = word(`${name}-title`);
    find("trouble-words").textContent = word(name);
    const does = WITH_BUTTON[name];
    find("trouble-button").hidden = !does;
    if (does) find("trouble-button").textContent = word(`button-${name === "pin-changed" ? "pin" : does}`);
    find("trouble").hidden = !over && !find("welcome").hidden;
  }

  clear({ over = null } = {}) {
    if (this.over !== over) return;
    this.shown = this.over = null;
    find("trouble").hidden = true;
    delete find("trouble").dataset.trouble;
  }
}

// The gate's own no: which words go with it.
export function closedBy({ status, code }) {
  if (code === "gate-revoked" || code === "edition-over") return code;
  return status === 401 ? "pin-changed" : "no-gate";
}
