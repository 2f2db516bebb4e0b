// A USB scanner types like a keyboard, fast, in whatever layout the computer has: the keys' places are read as well as
// their letters, a pause starts anew, and only a whole code with the right check character counts.
// The pause is long: a machine that is busy stops for a quarter of a second in the middle of a code, and with a shorter
// one the badge would not be heard.
import { readCode } from "./codes.js";

const PAUSE = 600;
const LONGEST = 64;

export function listen(onCode) {
  let places = "";
  let letters = "";
  let last = 0;
  document.addEventListener("keydown", (event) => {
    if (event.target.matches("input, textarea, select") || event.ctrlKey || event.altKey || event.metaKey) return;
    if (event.timeStamp - last > PAUSE) places = letters = "";
    last = event.timeStamp;
    const place = placeOf(event.code);
    if (place) places = (places + place).slice(-LONGEST);
    if (event.key.length === 1) letters = (letters + event.key).slice(-LONGEST);
    const code = readCode(places) ?? readCode(letters);
    if (!code) return;
    places = letters = "";
    event.preventDefault();
    onCode(code);
  });
}

function placeOf(code) {
  return /^Key([A-Z])$/.exec(code)?.[1] ?? /^(?:Digit|Numpad)(\d)$/.exec(code)?.[1] ?? "";
}
