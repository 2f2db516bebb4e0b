// What the phone decides by itself: the same rules as forum/checkin/rules, on the list it holds. Both are tried on
// tests/checkin/verdict_cases.json.
import { day, hourOfDay } from "./words.js";

export const REFUSED = ["already-in", "not-today", "wrong-gate", "cancelled", "unknown"];
export const PASSAGES = ["admitted", "left", "conflict"];

// `free`: how many chairs are free behind a session's door, where that is known.
export function decide(person, { gate, direction, at, free = null }) {
  if (!person) return { verdict: "unknown" };
  const about = { person: { name: person.name, category: person.category, notes: person.notes ?? [] } };
  return { ...about, ...judged(person, { gate, direction, at, free }) };
}

function judged(person, { gate, direction, at, free }) {
  if (direction === "out") return { verdict: "left" };
  if (person.state !== "valid") return { verdict: "cancelled", ...(person.state === "replaced" && { reason: "replaced" }) };
  const today = day(at, gate.timezone);
  if (today < gate.first_day || today > gate.last_day) return { verdict: "not-today", reason: "day" };
  if (!isItsHour(hourOfDay(at, gate.timezone), gate)) return { verdict: "not-today", reason: "hours" };
  if (person.allowed === false) return { verdict: "wrong-gate", reason: "category" };
  if (isIn(person.entered, gate.rule, today)) return { verdict: "already-in", first: person.entered };
  return gate.seat ? judgedBySeat(person, { gate, at, free }) : { verdict: "admitted" };
}

// "09:00:00" against "09:00": text compares as hours do.
function isItsHour(hour, { opens_at: opens, closes_at: closes }) {
  return (!opens || hour >= opens) && (!closes || hour < closes);
}

export function isIn(entered, rule, today) {
  if (!entered || rule === "freely") return false;
  return rule === "once" || entered.day === today;
}

// First who has a seat; from the gate's hour, chairs that nobody took go to others.
function judgedBySeat(person, { gate, at, free }) {
  const givenAway = gate.seats_free_at && at >= new Date(gate.seats_free_at);
  if (!givenAway) return person.seat ? { verdict: "admitted" } : { verdict: "wrong-gate", reason: gate.seats_free_at ? "waits" : "no-seat" };
  return free === null || free > 0 ? { verdict: "admitted" } : { verdict: "wrong-gate", reason: "full" };
}
