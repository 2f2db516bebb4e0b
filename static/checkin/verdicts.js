// What the phone decides by itself: the same rules as forum/checkin/rules.py, on the list it holds.
import { day } from "./words.js";

export function decide(person, { gate, direction, at }) {
  if (!person) return { verdict: "unknown" };
  const about = { person: { name: person.name, category: person.category } };
  if (direction === "out") return { ...about, verdict: "left" };
  if (person.state !== "valid") return { ...about, verdict: "cancelled", replaced: person.state === "replaced" };
  const today = day(at, gate.timezone);
  if (today < gate.first_day || today > gate.last_day) return { ...about, verdict: "not-today" };
  if (gate.seat && !person.seat) return { ...about, verdict: "wrong-gate" };
  if (isIn(person.entered, gate.rule, today)) return { ...about, verdict: "already-in", first: person.entered };
  return { ...about, verdict: "admitted" };
}

function isIn(entered, rule, today) {
  if (!entered || rule === "freely") return false;
  return rule === "once" || entered.day === today;
}
