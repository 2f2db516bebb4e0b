// The first screen: what to do, in three lines, before the phone asks for its camera. Whoever began once on this phone
// starts at once.
import { word } from "./words.js";

const STARTED = "door-started";
const find = (id) => document.getElementById(id);
// What the rehearsal shows: one answer of each kind, nothing of it counted or kept.
const SAMPLES = [
  { verdict: "admitted" },
  { verdict: "already-in" },
  { verdict: "cancelled" },
  { verdict: "unknown", nobody: true },
];

export async function welcome({ onBegin, onRehearse }) {
  const begin = () => {
    localStorage.setItem(STARTED, "yes");
    find("welcome").hidden = true;
    onBegin();
  };
  find("begin").addEventListener("click", begin);
  find("rehearse").addEventListener("click", onRehearse);
  if (localStorage.getItem(STARTED) || (await cameraState()) === "granted") begin();
  else find("welcome").hidden = false;
}

async function cameraState() {
  try {
    return (await navigator.permissions.query({ name: "camera" })).state;
  } catch { // Firefox knows no such permission
    return "prompt";
  }
}

export function rehearsal({ card, door }) {
  const show = ([sample, ...others]) => {
    const now = door.clock.now();
    const person = sample.nobody ? null : { name: word("sample-name"), category: word("sample-category") };
    const first = { at: new Date(now - 23 * 60_000).toISOString(), gate: door.gate.name };
    card.show({ verdict: sample.verdict, person, first, asked: now, hint: word("rehearsal"), onNext: others.length ? () => show(others) : null });
  };
  return () => show(SAMPLES);
}
