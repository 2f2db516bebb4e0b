// One scan from the code to the card: decided and written down, then shown. With the network the server has a moment to
// say more than the phone can know; without it the phone's own word stands, and is sent later.
import { stamp } from "./clock.js";
import { hashOf, readCode } from "./codes.js";
import { decide, PASSAGES } from "./verdicts.js";
import { age, word } from "./words.js";

const VERDICT_WITHIN = 130; // milliseconds from the picture: whoever is surely known waits no longer for the server
const SERVER_HAS = 1_200; // where the phone cannot know: a code that is not on its list, an old list
const FRESH = 60_000;
const SAME_CODE = 2_500;
const HELD_LONG = 1_500;
const JUST_SCANNED = 30_000;

export class Scanning {
  constructor({ door, card, direction, onShown }) {
    Object.assign(this, { door, card, direction, onShown });
    this.recent = new Map(); // hash → when this phone scanned it last
    this.lastRead = { text: null, since: 0, at: 0 };
  }

  // What the camera sees: a badge held before it is read many times a second and counts once, until it was away for
  // 2.5 s.
  read(text, takenAt) {
    const now = performance.now();
    if (text === this.lastRead.text && now - this.lastRead.at < SAME_CODE) {
      this.lastRead.at = now;
      if (now - this.lastRead.since > HELD_LONG) this.card.hint(word("same-code"));
      return;
    }
    this.lastRead = { text, since: now, at: now };
    const code = readCode(text);
    if (code) this.scan(code, takenAt);
    else if (!this.isClosed) this.card.show({ verdict: "unknown", takenAt });
  }

  get isClosed() {
    return Boolean(this.door.sync.state.refused);
  }

  async scan(code, takenAt) {
    await this.scanPerson(await hashOf(code), { code, takenAt });
  }

  async scanPerson(hash, { code, override, takenAt = performance.now() } = {}) {
    if (this.isClosed) return;
    const { store, people, sync, clock } = this.door;
    const at = clock.now();
    let made;
    try {
      made = await store.record(hash, (person) => this.judged(person, { hash, code, at, override }));
    } catch (trouble) {
      this.notWritten(trouble);
      return;
    }
    const { scan, decision } = made;
    if (scan.entered) people.note({ ...people.get(hash), entered: scan.entered });
    const before = this.recent.get(hash);
    this.remember(hash, decision.verdict, at);
    sync.tell({ pending: sync.state.pending + 1 });
    const answer = await this.server(scan, decision, takenAt);
    this.show(answer ?? decision, { scan, decision, takenAt, hint: this.justScanned(answer ?? decision, before, at) });
    if (!answer) sync.soon();
  }

  show(told, { scan, decision, takenAt, hint = "" }) {
    const person = told.person ? { ...decision.person, ...told.person } : null;
    this.card.show({ ...told, person, scan, takenAt, hint, listAge: this.listAge(), asked: this.door.clock.now() });
    this.door.inside.passed(told.verdict);
    this.door.store.amend(scan.id, { verdict: told.verdict, reason: told.reason ?? null }).catch(() => {});
    this.onShown();
  }

  // How old the list is, where that matters: without the network.
  listAge() {
    const { online, listAt } = this.door.sync.state;
    if (!listAt) return null;
    return online ? undefined : age(Date.now() - listAt);
  }

  async server(scan, decision, takenAt) {
    const { sync } = this.door;
    if (!sync.state.online) return null;
    const isSure = decision.verdict !== "unknown" && !this.door.gate.seat && Date.now() - (sync.state.listAt ?? 0) < FRESH;
    if (!isSure) this.card.asking();
    return sync.sendNow(scan, isSure ? Math.max(20, VERDICT_WITHIN - (performance.now() - takenAt)) : SERVER_HAS);
  }

  judged(person, { hash, code, at, override }) {
    const { gate, clock, inside } = this.door;
    const direction = this.direction();
    const free = inside.capacity === null ? null : inside.capacity - inside.inside;
    const ruled = decide(person, { gate, direction, at, free });
    const decision = override && person ? { person: ruled.person, verdict: "admitted", reason: ruled.verdict } : ruled;
    const keeps = direction === "in" && gate.rule !== "freely";
    const entered = keeps && decision.verdict === "admitted" ? { at: at.toISOString(), day: clock.day(at), gate: gate.name } : null;
    const scan = { id: crypto.randomUUID(), code, hash, ...stamp(), direction, shown: decision.verdict, entered, override, keeps: keeps && gate.name };
    const line = { id: scan.id, hash, code, direction, at: at.toISOString(), name: person?.name ?? "", verdict: decision.verdict };
    return { scan, decision, line, person: entered && person && { ...person, entered } };
  }

  remember(hash, verdict, at) {
    if (!["admitted", "left"].includes(verdict)) return;
    for (const [known, when] of this.recent) if (at - when > JUST_SCANNED) this.recent.delete(known);
    this.recent.set(hash, at);
  }

  justScanned({ verdict }, before, at) {
    if (verdict !== "already-in" || !before || at - before > JUST_SCANNED) return "";
    return word("just-scanned", { seconds: Math.max(1, Math.round((at - before) / 1000)) });
  }

  // Nothing was written, so nothing may be shown as a verdict: a full disk, storage taken away.
  notWritten(trouble) {
    this.card.clear();
    this.door.states.show(trouble?.name === "QuotaExceededError" ? "storage-full" : "storage-refused", { over: "disk" });
  }

  // The answer to a scan that was decided without the network. What differs is shown: somebody may have to be called
  // back.
  late(scan, answer) {
    if (answer.verdict === scan.shown) return;
    const person = this.door.people.get(scan.hash);
    this.show(answer, { scan, decision: { person }, hint: word("late-answer") });
  }

  async undo(id, { hash, direction }) {
    const { people, store, sync, inside } = this.door;
    this.recent.delete(hash);
    await people.correct(hash, null);
    await store.enqueue({ undoes: id, hash, ...stamp() });
    await store.amend(id, { undone: true });
    inside.passed(direction === "in" ? "left" : "admitted");
    this.card.undone(id, word("undone"));
    await sync.count();
    this.onShown();
    sync.soon();
  }

  async undoAnswered({ undoes }, done) {
    if (done) return;
    await this.door.store.amend(undoes, { undone: false });
    this.card.undone(undoes, word("undo-refused"));
    this.onShown();
  }
}

export const canBeUndone = ({ verdict, at, undone }, now) => PASSAGES.includes(verdict) && !undone && now - new Date(at) < 15 * 60_000;
