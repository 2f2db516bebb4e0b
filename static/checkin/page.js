// The scanner: a code is read, decided and written down, then shown. With the network the server has a moment to say
// more than the phone can know; without it the phone's own word stands, and is sent later.
import { Api } from "./api.js";
import { stayAwake } from "./awake.js";
import { Camera } from "./camera.js";
import { Card } from "./card.js";
import { Clock } from "./clock.js";
import { hashOf, readCode } from "./codes.js";
import { openStore } from "./db.js";
import { listen } from "./keyboard.js";
import { People } from "./people.js";
import { allowSounds } from "./sounds.js";
import { Inside, showState } from "./status.js";
import { Sync } from "./sync.js";
import { cameraTools, panels, search, typedCode } from "./tools.js";
import { decide } from "./verdicts.js";
import { age, word } from "./words.js";

const SERVER_HAS = 1_200; // milliseconds to answer before the phone's own verdict is shown
const SAME_CODE = 2_500;
const HELD_LONG = 1_500;
const JUST_SCANNED = 30_000;

const find = (id) => document.getElementById(id);
const place = document.querySelector("main.scanner");
let gate = JSON.parse(place.dataset.terms);
const clock = new Clock(place.dataset.now, gate.timezone);
const inside = new Inside(place.dataset);
const card = new Card({ zone: gate.timezone, onUndo: undo });
const recent = new Map(); // hash → when this phone scanned it last
let lastRead = { text: null, since: 0, at: 0 };
let store, people, sync;

await begin();

async function begin() {
  panels();
  allowSounds();
  stayAwake();
  try {
    store = await openStore(place.dataset.gate);
    if (!crypto.subtle) throw new Error("no hashes without https");
  } catch {
    trouble(window.isSecureContext ? "storage-refused" : "camera-insecure");
    find("typed").hidden = false; // the plain form goes to the server
    return;
  }
  people = new People(store, clock);
  await people.load();
  await recallFacts();
  const api = new Api({ gate: place.dataset.gate, token: place.dataset.token, device: deviceName() });
  sync = new Sync({ api, store, people, gate: place.dataset.gate, onState: showState, onAnswer: lateAnswer, onUndo: undoAnswered, onList: listCame });
  sync.tell({ listAt: (await store.fact("listAt")) ?? null });
  await sync.count();
  setInterval(() => showState(sync.state), 5_000);
  typedCode((code) => scan(code));
  listen((code) => scan(code));
  search(people, { clock, isIn: (person) => decide(person, { gate, direction: "in", at: clock.now() }).verdict === "already-in", onPerson: (person) => scanPerson(person.code, {}) });
  startCamera();
  sync.start();
  navigator.storage?.persist?.();
  navigator.serviceWorker?.register("/scan/sw.js", { scope: "/scan/" }).catch(() => {});
  place.dataset.ready = "true"; // from here on a scanner's keystrokes count
}

// A page from the cache shows what was true when it was kept; the phone may know better.
async function recallFacts() {
  clock.error = (await store.fact("clockError")) ?? clock.error;
  gate = (await store.fact("gate")) ?? gate;
  const count = await store.fact("count");
  if (count) inside.set(count);
}

function deviceName() {
  const kept = localStorage.getItem("door-device") ?? crypto.randomUUID();
  localStorage.setItem("door-device", kept);
  return kept;
}

function startCamera() {
  const camera = new Camera({
    video: find("camera"),
    worker: place.dataset.worker,
    onCode: read,
    onTrouble: trouble,
    onReady: (tools) => {
      find("camera").hidden = find("frame").hidden = false;
      find("trouble").hidden = true;
      cameraTools(camera, tools);
    },
  });
  camera.start();
}

function trouble(name) {
  find("camera").hidden = find("frame").hidden = true;
  find("trouble").textContent = word(name);
  find("trouble").dataset.trouble = name;
  find("trouble").hidden = false;
}

// What the camera sees: a badge held before it is read many times a second and counts once, until it was away for 2.5 s.
function read(text) {
  const now = performance.now();
  if (text === lastRead.text && now - lastRead.at < SAME_CODE) {
    lastRead.at = now;
    if (now - lastRead.since > HELD_LONG) card.hint(word("same-code"));
    return;
  }
  lastRead = { text, since: now, at: now };
  const code = readCode(text);
  if (code) scan(code);
  else card.show({ verdict: "unknown", message: word("unknown") });
}

async function scan(code) {
  await scanPerson(await hashOf(code), { code });
}

function direction() {
  return document.querySelector("input[name=direction]:checked")?.value ?? (gate.direction === "out" ? "out" : "in");
}

async function scanPerson(hash, { code }) {
  const at = clock.now();
  const { scan, decision } = await store.record(hash, (person) => judged(person, { hash, code, at }));
  if (decision.verdict === "admitted") people.note({ ...people.get(hash), entered: scan.entered });
  const before = recent.get(hash);
  if (["admitted", "left"].includes(decision.verdict)) recent.set(hash, at);
  sync.tell({ pending: sync.state.pending + 1 });
  const answer = sync.state.online && !sync.state.refused ? await sync.sendNow(scan, SERVER_HAS) : null;
  const verdict = answer?.verdict ?? decision.verdict;
  const listAge = sync.state.online ? null : age(Date.now() - (sync.state.listAt ?? 0));
  const message = answer?.message ?? card.sentence(decision, { asked: at, listAge });
  card.show({ verdict, person: answer ? answer.person : decision.person, message, scan, hint: justScanned(verdict, before, at) });
  inside.passed(verdict);
  if (!answer) sync.soon();
}

function judged(person, { hash, code, at }) {
  const way = direction();
  const decision = decide(person, { gate, direction: way, at });
  const isIn = decision.verdict === "admitted" && gate.rule !== "freely";
  const entered = isIn ? { at: at.toISOString(), day: clock.day(at), gate: gate.name } : null;
  const scan = { id: crypto.randomUUID(), code, hash, at: new Date().toISOString(), direction: way, shown: decision.verdict, entered };
  return { scan, decision, person: entered && { ...person, entered } };
}

function justScanned(verdict, before, at) {
  if (verdict !== "already-in" || !before || at - before > JUST_SCANNED) return "";
  return word("just-scanned", { seconds: Math.round((at - before) / 1000) });
}

// The answer to a scan that was decided without the network. What differs is shown: somebody may have to be called back.
function lateAnswer(scan, answer) {
  if (answer.verdict === scan.shown) return;
  card.show({ verdict: answer.verdict, person: answer.person, message: answer.message, scan });
}

async function undo(scan) {
  recent.delete(scan.hash);
  await people.correct(scan.hash, null);
  await store.enqueue({ undoes: scan.id, hash: scan.hash, at: new Date().toISOString() });
  inside.passed(scan.direction === "in" ? "left" : "admitted");
  card.undone(word("undone"));
  await sync.count();
  sync.soon();
}

function undoAnswered(_row, done) {
  if (!done) card.undone(word("undo-refused"));
}

function listCame(answer) {
  gate = answer.gate;
  inside.set(answer);
}
