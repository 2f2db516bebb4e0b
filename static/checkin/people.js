// The people of the list: on the disk for a phone that starts without the network, in memory for looking names up.
const MOST_FOUND = 8;
const PLAIN = { ł: "l", ø: "o", đ: "d", ð: "d", þ: "th", ß: "ss", æ: "ae", œ: "oe", ı: "i", "’": "'" };

const ASCII = /^[\x20-\x7e]*$/;

// Words as search compares them: lower case, no accents, single spaces (the same as people/rules.py).
export function searchText(text) {
  const lower = text.toLowerCase().trim().replace(/\s+/g, " ");
  if (ASCII.test(lower)) return lower;
  return lower.replace(/[łøđðþßæœı’]/g, (letter) => PLAIN[letter]).normalize("NFKD").replace(/\p{M}/gu, "").trim().replace(/\s+/g, " ");
}

export class People {
  constructor(store, clock) {
    Object.assign(this, { store, clock });
    this.known = new Map();
    this.plain = new Map(); // hash → the name as search compares it
    this.sorted = null; // the hashes in the order of the names; put in order anew when the list changes
  }

  get size() {
    return this.known.size;
  }

  async load() {
    for (const person of await this.store.people()) this.note(person);
    this.prepare();
  }

  get(hash) {
    return this.known.get(hash);
  }

  note(person) {
    if (this.known.get(person.code)?.name !== person.name) {
      this.plain.set(person.code, searchText(person.name));
      this.sorted = null;
    }
    this.known.set(person.code, person);
  }

  async correct(hash, first) {
    const person = this.known.get(hash);
    if (!person) return;
    const entered = first && { at: first.at, gate: first.gate, day: this.clock.day(new Date(first.at)) };
    this.note({ ...person, entered });
    await this.store.correct(hash, entered);
  }

  async take(answer, waiting) {
    const start = performance.now();
    const mine = new Map(waiting.filter((row) => row.entered && !row.undoes).map((row) => [row.hash, row.entered]));
    this.clock.learn(answer.now);
    const { inside, capacity, level } = answer;
    const facts = { cursor: answer.cursor, gate: answer.gate, clockError: this.clock.error, listAt: Date.now(), count: { inside, capacity, level }, conflicts: answer.conflicts ?? [] };
    await this.store.takeList({ people: answer.people, complete: answer.complete, facts }, mine);
    if (answer.complete) {
      this.known.clear();
      this.plain.clear();
      this.sorted = null;
    }
    for (const person of answer.people) {
      const entered = person.entered ?? mine.get(person.code) ?? null;
      this.note({ ...person, entered });
    }
    this.prepare();
    if (answer.complete) performance.measure("list taken", { start }); // for who measures; a whole list is rare
  }

  // Puts the names in order while nobody waits for it.
  prepare() {
    const idle = self.requestIdleCallback ?? ((work) => setTimeout(work, 200));
    idle(() => this.inOrder());
  }

  // The first few whose name holds every word, in the order of the names.
  search(words) {
    const wanted = searchText(words).split(" ");
    const found = [];
    for (const hash of this.inOrder()) {
      const plain = this.plain.get(hash);
      if (!wanted.every((word) => plain.includes(word))) continue;
      const person = this.known.get(hash);
      if (person.state === "replaced") continue;
      found.push(person);
      if (found.length === MOST_FOUND) break;
    }
    return found;
  }

  inOrder() {
    this.sorted ??= [...this.plain].sort(([, one], [, other]) => (one < other ? -1 : Number(one > other))).map(([hash]) => hash);
    return this.sorted;
  }
}
