// The scanner's page: puts its parts together. What a scan is stands in scanning.js, what is decided in verdicts.js.
import { Api } from "./api.js";
import { stayAwake } from "./awake.js";
import { Camera } from "./camera.js";
import { Card } from "./card.js";
import { clicker } from "./clicker.js";
import { Clock } from "./clock.js";
import { conflicts } from "./conflicts.js";
import { openStore } from "./db.js";
import { forgetGate, gateSwitch, rememberGate } from "./gates.js";
import { listen } from "./keyboard.js";
import { lastScans } from "./last.js";
import { cameraTools } from "./lenses.js";
import { applyOptions, optionSwitches } from "./options.js";
import { override } from "./override.js";
import { open, panels, search, typedCode, whenOpened } from "./panels.js";
import { People } from "./people.js";
import { Scanning } from "./scanning.js";
import { allowSounds } from "./sounds.js";
import { closedBy, States } from "./states.js";
import { Inside, showState } from "./status.js";
import { keepStyled } from "./styles.js";
import { Sync } from "./sync.js";
import { decide } from "./verdicts.js";
import { rehearsal, welcome } from "./welcome.js";

const find = (id) => document.getElementById(id);
const { dataset } = document.querySelector("main.scanner");
const gate = JSON.parse(dataset.terms);
const clock = new Clock(dataset.now, gate.timezone);
const states = new States({ onAgain: () => camera.start() });
// What the parts share: the gate's rule, the phone's memory, the way to the server.
const door = { gate, clock, states, inside: new Inside(dataset), store: null, people: null, sync: null };
const card = new Card({ gate: () => door.gate, zone: gate.timezone, onUndo: (scan) => scanning.undo(scan.id, scan), onOverride: (scan) => askReason(scan) });
const scanning = new Scanning({ door, card, direction, onShown: () => showLast() });
const askReason = override({ onReason: (scan, reason) => scanning.scanPerson(scan.hash, { code: scan.code, override: reason }) });
const showLast = lastScans({ door, onUndo: (id, line) => scanning.undo(id, line) });
const rehearse = rehearsal({ card, door });
const camera = new Camera({
  video: find("camera"),
  worker: dataset.worker,
  onCode: (text, takenAt) => scanning.read(text, takenAt),
  onTrouble: (name) => { showCamera(false); states.show(name); },
  onReady: (tools) => { showCamera(true); states.clear(); cameraTools(camera, tools); },
});

await begin();

async function begin() {
  find("loading")?.remove(); // what stands there while a file of this page is missing
  keepStyled();
  applyOptions();
  panels();
  optionSwitches();
  allowSounds();
  // The keyboard of a phone pushes the controls up instead of covering them.
  document.querySelector("meta[name=viewport]").content += ", interactive-widget=resizes-content, viewport-fit=cover";
  try {
    if (!crypto.subtle) throw new Error("no hashes without https");
    door.store = await openStore(dataset.gate);
  } catch {
    states.show(window.isSecureContext ? "storage-refused" : "camera-insecure");
    open("show-code"); // the plain form goes to the server
    find("tools").hidden = true;
    return;
  }
  await recall();
  door.sync = new Sync({
    api: new Api({ gate: dataset.gate, token: dataset.token, device: deviceName() }),
    store: door.store,
    people: door.people,
    gate: dataset.gate,
    onState: stateChanged,
    onAnswer: (scan, answer) => scanning.late(scan, answer),
    onUndo: (row, done) => scanning.undoAnswered(row, done),
    onList: listCame,
  });
  const begun = connect(); // before anything is shown as ready: a code that is typed early must not be lost
  door.tellConflicts = await conflicts({ door });
  door.tellConflicts(await door.store.fact("conflicts"));
  await door.sync.recall(); // before the first word about the queue: it must not read as empty when it is not
  setInterval(() => showState(door.sync.state), 5_000);
  door.sync.start();
  stayAwake();
  navigator.storage?.persist?.();
  navigator.serviceWorker?.register("/scan/sw.js", { scope: "/scan/" }).catch(() => {});
  await begun;
  dataset.ready = "true"; // from here on a scanner's keystrokes count
}

// A page from the cache shows what was true when it was kept; the phone may know better.
async function recall() {
  door.people = new People(door.store, clock);
  await door.people.load();
  clock.error = (await door.store.fact("clockError")) ?? clock.error;
  door.gate = (await door.store.fact("gate")) ?? gate;
  const count = await door.store.fact("count");
  if (count) door.inside.set(count);
  rememberGate({ key: dataset.gate, name: door.gate.name, edition: dataset.edition });
}

function connect() {
  typedCode((code) => scanning.scan(code));
  listen((code) => scanning.scan(code));
  const isIn = (person) => decide(person, { gate: door.gate, direction: "in", at: clock.now() }).verdict === "already-in";
  search(door.people, { clock, isIn, onPerson: (person) => scanning.scanPerson(person.code) });
  whenOpened("show-last", showLast);
  whenOpened("show-more", gateSwitch(dataset.gate));
  whenOpened("show-clicker", clicker({ door }));
  find("practise").addEventListener("click", () => { open(null); rehearse(); });
  return welcome({ onBegin: () => camera.start(), onRehearse: rehearse });
}

function deviceName() {
  const kept = localStorage.getItem("door-device") ?? crypto.randomUUID();
  localStorage.setItem("door-device", kept);
  return kept;
}

function direction() {
  return document.querySelector("input[name=direction]:checked")?.value ?? (door.gate.direction === "out" ? "out" : "in");
}

function showCamera(isSeen) {
  find("camera").hidden = find("frame").hidden = !isSeen;
  if (!isSeen) find("torch").hidden = true;
}

// While the gate itself says no, nothing is decided here; as soon as it says yes again, work goes on.
function stateChanged(state) {
  showState(state);
  if (!state.refused) {
    states.clear({ over: "gate" });
    return;
  }
  const why = closedBy(state.refused);
  if (states.shown !== why) open(null);
  card.clear();
  states.show(why, { over: "gate" });
  if (why !== "pin-changed") forgetGate(dataset.gate);
}

function listCame(answer) {
  door.gate = answer.gate;
  door.inside.set(answer);
  door.tellConflicts?.(answer.conflicts);
}
