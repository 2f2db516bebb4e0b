// The kiosk: camera, USB scanner or the keys on the screen give a code; the page of a print hands it to the printer.
import { Camera } from "../checkin/camera.js";
import { readCode } from "../checkin/codes.js";
import { listen } from "../checkin/keyboard.js";
import { printPdf } from "./print.js";

const ALPHABET = "1234567890ABCDEFGHJKMNPQRSTVWXYZ"; // what references are made of: nothing that looks like another
const REFERENCE = 8;
const IDLE = 60_000;
const kiosk = document.getElementById("content");

function start() {
  const form = document.getElementById("form");
  const field = document.getElementById("code");
  let sent = false;
  const send = (code) => {
    if (sent) return;
    sent = true;
    if (code) field.value = code;
    form.requestSubmit();
  };
  form.addEventListener("submit", (event) => {
    if (!field.value.trim()) { event.preventDefault(); sent = false; }
  });
  const tidy = () => field.value.replace(/[^0-9a-z]/gi, "").length;
  field.addEventListener("input", () => { if (readCode(field.value)) send(); });
  keys(field, () => { if (tidy() === REFERENCE) document.querySelector(".kiosk__go").focus(); });
  const next = sessionStorage.getItem("next");
  sessionStorage.removeItem("next");
  if (next) { send(next); return; }
  listen(send);
  look(send);
  forget(field);
}

// A half-typed reference of somebody who went away is wiped; the language goes back to the first one.
function forget(field) {
  let idle = 0;
  const begin = () => {
    clearTimeout(idle);
    idle = setTimeout(() => { if (field.value || document.documentElement.lang !== "fr") location.assign(`${kiosk.dataset.here}?lang=fr`); }, IDLE);
  };
  for (const event of ["pointerdown", "keydown"]) document.addEventListener(event, begin);
  begin();
}

function keys(field, pressed) {
  const place = document.getElementById("keys");
  place.hidden = false;
  const press = (change) => {
    change();
    field.dispatchEvent(new Event("input"));
    pressed();
  };
  for (const character of ALPHABET) {
    const key = Object.assign(document.createElement("button"), { type: "button", textContent: character });
    key.addEventListener("click", () => press(() => { field.value += character; }));
    place.append(key);
  }
  const wipe = document.getElementById("wipe");
  wipe.hidden = false;
  wipe.addEventListener("click", () => press(() => { field.value = field.value.slice(0, -1); }));
}

function look(send) {
  const video = document.getElementById("camera");
  const place = document.getElementById("camera-place");
  const camera = new Camera({
    video,
    worker: kiosk.dataset.worker,
    onCode: (text) => { const code = readCode(text); if (code) { camera.stop(); send(code); } },
    onTrouble: () => { place.hidden = true; }, // no camera: the keys and the scanner are there
    onReady: () => { place.hidden = false; },
  });
  camera.start();
}

async function print() {
  try {
    const answer = await fetch(kiosk.dataset.file);
    if (!answer.ok) throw new Error(String(answer.status));
    performance.mark("pdf");
    await printPdf(answer);
  } catch {
    document.querySelector(".kiosk__lead").textContent = document.getElementById("printed-words").innerHTML;
  }
}

if (kiosk.dataset.state === "start") start();
if (kiosk.dataset.state === "printing") {
  // Shown again by the back button, it prints nothing a second time.
  if (sessionStorage.getItem("printed") === kiosk.dataset.file) location.replace(kiosk.dataset.here);
  else {
    sessionStorage.setItem("printed", kiosk.dataset.file);
    print();
  }
}
// The screen starts again by itself; who reads slowly touches it, and the time begins anew.
if (kiosk.dataset.state !== "start") {
  let over = 0;
  const bar = document.querySelector(".kiosk__bar");
  const begin = () => {
    clearTimeout(over);
    over = setTimeout(() => location.assign(kiosk.dataset.here), Number(kiosk.dataset.seconds) * 1000);
    bar.getAnimations().forEach((each) => { each.currentTime = 0; });
  };
  for (const event of ["pointerdown", "keydown"]) document.addEventListener(event, begin);
  begin();
}

// The next person scans before the time is over: the screen that asks takes it from there.
if (kiosk.dataset.state !== "start") listen((code) => {
  sessionStorage.setItem("next", code);
  location.assign(kiosk.dataset.here);
});
