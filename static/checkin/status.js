// What a volunteer must always see: network or not, what is yet to be sent, how old the list is, how many are inside.
import { age, counted, number, word } from "./words.js";

const OLD_LIST = 5 * 60_000;
const LEVELS = [100, 95, 80];
const find = (id) => document.getElementById(id);

export function showState({ online, pending, listAt, refused }) {
  const listAge = listAt ? Date.now() - listAt : null;
  const parts = [refused ? word("closed") : word(online ? "online" : "offline")];
  if (pending) parts.push(counted("pending", pending));
  const comes = online && !refused && listAge === null; // a phone that was just opened: no fault of anybody
  if (listAge === null) parts.push(word(comes ? "list-comes" : "list-none"));
  else parts.push(listAge < 60_000 ? word("list-fresh") : word("list-age", { age: age(listAge) }));
  const state = find("state");
  const words = parts.join(" · ");
  if (find("state-words").textContent !== words) find("state-words").textContent = words;
  state.dataset.online = String(online && !refused);
  state.dataset.pending = String(pending);
  state.classList.toggle("scanner__state--bad", !comes && (Boolean(refused) || listAge === null || listAge > OLD_LIST));
  state.classList.toggle("scanner__state--offline", !online);
}

export class Inside {
  constructor({ inside, capacity }) {
    this.set({ inside: Number(inside), capacity: capacity ? Number(capacity) : null });
  }

  set({ inside, capacity }) {
    Object.assign(this, { inside, capacity: capacity ?? null });
    this.show();
  }

  // Counted on the phone at once; the next list puts it right.
  passed(verdict) {
    if (verdict === "admitted") this.add(1);
    if (verdict === "left") this.add(-1);
  }

  add(difference) {
    this.inside = Math.max(0, this.inside + difference);
    this.show();
  }

  show() {
    find("inside").textContent = number(this.inside);
    find("capacity").textContent = this.capacity ? word("of-capacity", { capacity: number(this.capacity) }) : "";
    const level = this.capacity ? LEVELS.find((percent) => this.inside * 100 >= percent * this.capacity) : null;
    const alert = find("alert");
    const words = level ? word(`alert-${level}`) : "";
    alert.hidden = !level;
    alert.dataset.level = level ?? "";
    if (find("alert-words").textContent !== words) find("alert-words").textContent = words; // said once, not at each scan
  }
}
