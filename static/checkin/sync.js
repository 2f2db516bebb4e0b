// Sends what waits and fetches what changed. One tab at a time (a lock), one batch after the other; a scan leaves the
// phone only when the server answered for its id. A sync that is due is never put off: during continuous scanning a
// debounce would starve.
import { sentMoment } from "./clock.js";

const BATCH = 100;
const PAUSE = 10_000;
const after = (milliseconds) => new Promise((resolve) => { setTimeout(resolve, milliseconds); });

export class Sync {
  constructor({ api, store, people, gate, onState, onAnswer, onUndo, onList }) {
    Object.assign(this, { api, store, people, gate, onState, onAnswer, onUndo, onList });
    this.state = { online: navigator.onLine, pending: 0, listAt: null, refused: null };
    this.sending = new Set(); // ids that a scan sends by itself at this moment
    this.running = null;
    this.again = false;
  }

  start() {
    addEventListener("online", () => this.soon());
    addEventListener("offline", () => this.tell({ online: false }));
    document.addEventListener("visibilitychange", () => document.visibilityState === "visible" && this.soon());
    setInterval(() => this.soon(), PAUSE);
    return this.soon();
  }

  tell(news) {
    Object.assign(this.state, news);
    this.onState(this.state);
  }

  soon() {
    if (this.running) {
      this.again = true;
      return this.running;
    }
    this.running = this.run().finally(() => {
      this.running = null;
      if (this.again) {
        this.again = false;
        this.soon();
      }
    });
    return this.running;
  }

  async run() {
    try {
      await navigator.locks.request(`door-${this.gate}`, async () => {
        await this.sendQueue();
        await this.sendClicks();
        await this.fetchList();
      });
      this.tell({ online: true, refused: null });
    } catch (trouble) {
      this.failed(trouble);
    }
  }

  failed(trouble) {
    if (trouble.closes) this.tell({ online: true, refused: trouble });
    else this.tell({ online: false });
  }

  // Sends one scan at once, for a verdict that knows all gates. Null when the server does not answer in time: the phone
  // then shows its own word, and the scan goes again with it, so that the log says what the volunteer saw.
  async sendNow(scan, patience) {
    this.sending.add(scan.id);
    const asked = this.api.send([sent({ ...scan, shown: undefined })], { pending: this.state.pending });
    const answered = asked.then(({ results }) => results, (trouble) => { this.failed(trouble); return null; });
    const results = await Promise.race([answered, after(patience)]);
    const done = () => this.sending.delete(scan.id);
    if (!results) {
      answered.finally(() => { done(); this.soon(); });
      return null;
    }
    const taken = this.taken([scan], results).catch(() => {}).finally(done);
    // A phone that dies now must not send its own word again, which nobody saw.
    if (results[0]?.verdict !== scan.shown) await taken;
    return results[0] ?? null;
  }

  async sendQueue() {
    const waiting = await this.waiting();
    const scans = waiting.filter((row) => !row.undoes && !this.sending.has(row.id));
    for (let start = 0; start < scans.length; start += BATCH) {
      const batch = scans.slice(start, start + BATCH);
      const { results } = await this.api.send(batch.map(sent), { pending: waiting.length });
      const known = await this.taken(batch, results);
      for (const [scan, answer] of known) this.onAnswer(scan, answer);
    }
    for (const row of waiting.filter((each) => each.undoes)) await this.sendUndo(row);
  }

  // Takes out of the queue what the server answered for, id by id.
  async taken(scans, results) {
    const byId = new Map(results.map((answer) => [answer.id, answer]));
    const known = scans.filter((scan) => byId.has(scan.id)).map((scan) => [scan, byId.get(scan.id)]);
    for (const [scan, answer] of known) {
      if (answer.first) await this.people.correct(scan.hash, answer.first);
      else if (scan.entered && answer.verdict !== "admitted") await this.people.correct(scan.hash, null);
      else if (!scan.entered && scan.keeps && answer.verdict === "admitted") await this.people.correct(scan.hash, { at: answer.at, gate: scan.keeps });
    }
    await this.store.acknowledge(known.map(([scan]) => scan));
    await this.count();
    return known;
  }

  async sendUndo(row) {
    try {
      await this.api.undo(row.undoes, sentMoment(row).at);
      this.onUndo(row, true);
    } catch (trouble) {
      if (![404, 409].includes(trouble.status)) throw trouble;
      this.onUndo(row, false);
    }
    await this.store.acknowledge([row]);
  }

  // A server that knows no clicks keeps nobody from scanning: they wait.
  async sendClicks() {
    const waiting = (await this.store.all("clicks")).slice(0, 5 * BATCH);
    if (waiting.length === 0) return;
    try {
      const { results } = await this.api.click(waiting.map((click) => ({ id: click.id, difference: click.difference, ...sentMoment(click) })));
      const known = new Set(results.map(({ id }) => id));
      await this.store.acknowledge(waiting.filter(({ id }) => known.has(id)), "clicks");
    } catch (trouble) {
      if (trouble.status !== 404) throw trouble;
    }
  }

  async fetchList() {
    const waiting = await this.waiting();
    let answer = await this.api.list(await this.store.fact("cursor"), waiting.length);
    await this.people.take(answer, waiting);
    if (this.people.size !== answer.total) { // something was lost or taken out: start again from the whole list
      answer = await this.api.list(null, waiting.length);
      await this.people.take(answer, waiting);
    }
    this.tell({ listAt: Date.now() });
    await this.count();
    this.onList(answer);
  }

  waiting() {
    return this.store.all("queue");
  }

  // What the phone remembers from before it was opened, told as one piece of news.
  async recall() {
    this.tell({ listAt: (await this.store.fact("listAt")) ?? null, pending: await this.held() });
  }

  async count() {
    this.tell({ pending: await this.held() });
  }

  async held() {
    const [scans, clicks] = await Promise.all([this.store.count("queue"), this.store.count("clicks")]);
    return scans + clicks;
  }
}

// What the server needs of a scan: a person found by name has no code, only its hash.
function sent(scan) {
  const { id, code, hash, direction, shown, override } = scan;
  return { id, ...sentMoment(scan), direction, shown, ...(override && { override }), ...(code ? { code } : { hash }) };
}
