// The people of the list: on the disk for a phone that starts without the network, in memory for looking names up.
const MOST_FOUND = 8;
const PLAIN = { ł: "l", ø: "o", đ: "d", ð: "d", þ: "th", ß: "ss", æ: "ae", œ: "oe", ı: "i", "’": "'" };

// Words as search compares them: lower case, no accents, single spaces (the same as people/rules.py).
export function searchText(text) {
  const plain = text.toLowerCase().replace(/[łøđðþßæœı’]/g, (letter) => PLAIN[letter]);
  return plain.normalize("NFKD").replace(/\p{M}/gu, "").trim().replace(/\s+/g, " ");
}

export class People {
  constructor(store, clock) {
    Object.assign(this, { store, clock });
    this.known = new Map();
  }

  get size() {
    return this.known.size;
  }

  async load() {
    for (const person of await this.store.all("people")) this.known.set(person.code, person);
  }

  get(hash) {
    return this.known.get(hash);
  }

  note(person) {
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
    const mine = new Map(waiting.filter((row) => row.entered && !row.undoes).map((row) => [row.hash, row.entered]));
    this.clock.learn(answer.now);
    const count = { inside: answer.inside, capacity: answer.capacity };
    const facts = { cursor: answer.cursor, gate: answer.gate, clockError: this.clock.error, listAt: Date.now(), count };
    await this.store.takeList({ people: answer.people, complete: answer.complete, facts }, mine);
    if (answer.complete) this.known.clear();
    for (const person of answer.people) {
      const entered = person.entered ?? mine.get(person.code) ?? null;
      this.note({ ...person, entered });
    }
  }

  // Everybody whose name holds every word, in the order of the names.
  search(words) {
    const wanted = searchText(words).split(" ");
    const found = [];
    for (const person of this.known.values()) {
      if (person.state === "replaced") continue;
      const name = (person.plain ??= searchText(person.name));
      if (wanted.every((word) => name.includes(word))) found.push(person);
    }
    return found.sort((one, other) => one.plain.localeCompare(other.plain)).slice(0, MOST_FOUND);
  }
}
