// The verdict on the screen: colour, shape, words, who it is, what to do next. It stays until the next one, or 30 s.
import { options } from "./options.js";
import { sound } from "./sounds.js";
import { has, moment, spokenDay, spokenHour, word } from "./words.js";

const STAYS = 30_000;
const MAY_BE_OVERRIDDEN = ["already-in", "not-today", "wrong-gate", "cancelled"];
const UNDOABLE = ["admitted", "left", "conflict"];
const NOTES = ["adjustment", "word", "minor"];
const part = (name) => document.getElementById(`verdict${name ? `-${name}` : ""}`);
const look = (name) => document.querySelector(`template[data-verdict="${name}"]`);

export class Card {
  constructor({ gate, zone, onUndo, onOverride }) {
    Object.assign(this, { gate, zone });
    this.undo = document.getElementById("undo");
    this.override = document.getElementById("override");
    this.undo.addEventListener("click", () => { this.undo.hidden = true; onUndo(this.scan); });
    this.override.addEventListener("click", () => onOverride(this.scan));
    document.getElementById("verdict-close").addEventListener("click", () => this.close());
  }

  show(told) {
    const { verdict, reason, person, scan = null, hint = "" } = told;
    const found = look(`${verdict}:${reason}`) ?? look(verdict);
    document.querySelector(".verdict[aria-labelledby]")?.remove(); // the one of the form without scripts
    this.scan = scan;
    this.onNext = told.onNext;
    const card = part();
    card.className = `verdict verdict--${found.dataset.kind}`;
    part("icon").replaceChildren(found.content.cloneNode(true));
    part("title-words").textContent = found.dataset.title;
    this.showPerson(person);
    // Who is simply let in needs no more words than what to do.
    part("message").textContent = verdict === "admitted" && !reason ? "" : (told.message ?? this.said(told));
    part("advice-words").textContent = told.advice ?? this.advice(told);
    part("advice").hidden = !part("advice-words").textContent;
    part("hint").textContent = hint;
    this.undo.hidden = !(scan && UNDOABLE.includes(verdict));
    this.override.hidden = !(scan && person && reason !== "other-edition" && this.gate().override && MAY_BE_OVERRIDDEN.includes(verdict));
    card.hidden = false;
    Object.assign(card.dataset, { verdict, reason: reason ?? "", scan: scan?.id ?? "" });
    card.scrollTop = 0;
    sound(found.dataset.kind);
    this.tellWhenSeen(told);
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.clear(), STAYS);
  }

  showPerson(person) {
    const name = person?.name ?? "";
    const shown = options.hidesNames ? initials(name) : name;
    part("name").textContent = shown;
    part("name").parentElement.dataset.length = shown.length > 44 ? "very-long" : shown.length > 22 ? "long" : "";
    part("category").textContent = person?.category ?? "";
    const notes = (person?.notes ?? []).filter(({ kind }) => NOTES.includes(kind));
    part("notes").replaceChildren(...notes.map(note));
  }

  // The phone asks the server about somebody it cannot judge alone: a quiet word, no verdict yet.
  asking() {
    if (part().hidden || !part().dataset.verdict) return;
    this.clear();
  }

  close() {
    const { onNext } = this;
    this.clear();
    onNext?.();
  }

  clear() {
    this.onNext = null;
    clearTimeout(this.timer);
    part().hidden = true;
    delete part().dataset.verdict;
  }

  hint(text) {
    if (part("hint").textContent !== text) part("hint").textContent = text;
  }

  undone(id, text) {
    if (this.scan?.id !== id) return;
    this.undo.hidden = true;
    part("message").textContent = text;
    part("advice").hidden = true;
  }

  // How long it took from the picture until the card is seen: for who measures.
  tellWhenSeen({ takenAt, verdict }) {
    if (takenAt === undefined) return;
    requestAnimationFrame(() => setTimeout(() => {
      dispatchEvent(new CustomEvent("verdictseen", { detail: { verdict, milliseconds: performance.now() - takenAt } }));
    }));
  }

  // What happened and what to do next, in the phone's own words: the reason's where there are some, else the verdict's.
  said(told) {
    return word(chosen("said", told, this.gate()), this.values(told));
  }

  advice(told) {
    return word(chosen("do", told, this.gate()), this.values(told));
  }

  values({ first, person, listAge, asked }) {
    const gate = this.gate();
    const freeAt = gate.seats_free_at && moment(new Date(gate.seats_free_at), { asked: asked ?? new Date(), zone: this.zone });
    return {
      when: first && moment(new Date(first.at), { asked: asked ?? new Date(), zone: this.zone }),
      gate: first?.gate,
      category: person?.category,
      opens: gate.opens_at && spokenHour(gate.opens_at),
      closes: gate.closes_at && spokenHour(gate.closes_at),
      first_day: gate.first_day && spokenDay(gate.first_day),
      last_day: gate.last_day && spokenDay(gate.last_day),
      free_at: freeAt,
      age: listAge,
    };
  }
}

function chosen(what, { verdict, reason, first, listAge }, gate) {
  let why = reason;
  if (verdict === "unknown" && listAge !== undefined) why ??= listAge === null ? "no-list" : "offline";
  if (["already-in", "conflict"].includes(verdict) && !first) why ??= "plain";
  if (reason === "hours" && !(gate.opens_at && gate.closes_at) && what === "said") why = gate.opens_at ? "opens" : "closes";
  if (verdict === "admitted" && reason) why = "anyway";
  return [`${what}:${verdict}:${why}`, `${what}:why:${why}`].find(has) ?? `${what}:${verdict}`;
}

function note({ kind, words }) {
  const item = document.createElement("li");
  item.dataset.kind = kind;
  item.append(document.querySelector(`template[data-note="${kind}"]`).content.cloneNode(true));
  if (words) item.lastElementChild.textContent = words;
  return item;
}

export function initials(name) {
  return name.split(/[\s-]+/).filter(Boolean).map((each) => `${[...each][0].toUpperCase()}.`).join(" ");
}
