// What a phone keeps of one gate: the people, the scans and clicks it has yet to send, and a few facts. Written for good
// before the volunteer sees anything, so that a battery that dies loses nothing.
// The queues number their rows by themselves: scans leave in the order in which they were made.
const NUMBERED = { keyPath: "sequence", autoIncrement: true };
// The people lie in 256 blocks: a list of 20,000 is written as 256 rows, and a scan writes one block of eighty.
const STORES = { blocks: {}, queue: NUMBERED, clicks: NUMBERED, facts: {} };
const VERSION = 3;
const MOST_LAST = 30;

export async function openStore(gate) {
  const database = await request(opening(gate));
  database.onversionchange = () => database.close(); // a newer page in another tab goes first
  return new Store(database);
}

function opening(gate) {
  const asked = indexedDB.open(`door-${gate}`, VERSION);
  asked.onupgradeneeded = () => {
    for (const [name, options] of Object.entries(STORES)) {
      if (!asked.result.objectStoreNames.contains(name)) asked.result.createObjectStore(name, options);
    }
    if (asked.result.objectStoreNames.contains("people")) moveIntoBlocks(asked.result, asked.transaction);
  };
  return asked;
}

// A phone that held its list a row for each person keeps it: it may have no network just now.
function moveIntoBlocks(database, transaction) {
  transaction.objectStore("people").getAll().onsuccess = (event) => {
    const blocks = transaction.objectStore("blocks");
    for (const [key, block] of inBlocks(event.target.result)) blocks.put(block, key);
    database.deleteObjectStore("people");
  };
}

const blockOf = (hash) => hash.slice(0, 2);

function inBlocks(people) {
  const blocks = new Map();
  for (const person of people) {
    const key = blockOf(person.code);
    if (!blocks.has(key)) blocks.set(key, {});
    blocks.get(key)[person.code] = person;
  }
  return blocks;
}

// How much another gate opened on this phone has yet to send; 0 where it was never opened here.
export async function pendingAt(gate) {
  const known = await indexedDB.databases?.();
  if (known && !known.some(({ name }) => name === `door-${gate}`)) return 0;
  const database = await request(opening(gate));
  const transaction = database.transaction(["queue", "clicks"]);
  const counts = await Promise.all(["queue", "clicks"].map((name) => request(transaction.objectStore(name).count())));
  database.close();
  return counts[0] + counts[1];
}

function request(asked) {
  return new Promise((resolve, reject) => {
    asked.onsuccess = () => resolve(asked.result);
    asked.onerror = () => reject(asked.error);
  });
}

class Store {
  constructor(database) {
    this.database = database;
  }

  // Runs work in one transaction and waits until it is on the disk; what it returned comes back then.
  write(names, work) {
    return new Promise((resolve, reject) => {
      const transaction = this.database.transaction(names, "readwrite", { durability: "strict" });
      let answer;
      transaction.oncomplete = () => resolve(answer);
      transaction.onabort = () => reject(transaction.error ?? new Error("The transaction was undone."));
      work(...names.map((name) => transaction.objectStore(name)), (value) => { answer = value; });
    });
  }

  all(name) {
    return request(this.database.transaction(name).objectStore(name).getAll());
  }

  async people() {
    return (await this.all("blocks")).flatMap((block) => Object.values(block));
  }

  count(name) {
    return request(this.database.transaction(name).objectStore(name).count());
  }

  fact(name) {
    return request(this.database.transaction("facts").objectStore("facts").get(name));
  }

  note(name, value) {
    return this.write(["facts"], (facts) => { facts.put(value, name); });
  }

  // Decides about a person as the disk knows them, and writes the entry, the scan and the line of the last scans in
  // the same transaction.
  record(hash, judge) {
    return this.write(["blocks", "queue", "facts"], (blocks, queue, facts, answer) => {
      blocks.get(blockOf(hash)).onsuccess = (event) => {
        const block = event.target.result ?? {};
        const { scan, person, decision, line } = judge(block[hash]);
        if (person) blocks.put({ ...block, [hash]: person }, blockOf(hash));
        facts.get("last").onsuccess = (found) => facts.put([line, ...(found.target.result ?? [])].slice(0, MOST_LAST), "last");
        queue.add(scan).onsuccess = (added) => answer({ scan: { ...scan, sequence: added.target.result }, decision });
      };
    });
  }

  // What became of one of the last scans: the server's word, or taken back.
  async amend(id, news) {
    await this.write(["facts"], (facts) => {
      facts.get("last").onsuccess = (found) => {
        const lines = found.target.result ?? [];
        if (lines.some((line) => line.id === id)) facts.put(lines.map((line) => (line.id === id ? { ...line, ...news } : line)), "last");
      };
    });
  }

  // Takes over a list from the server. Scans of this phone that are still on their way keep their entry.
  takeList({ people, complete, facts }, waiting) {
    const held = people.map((person) => {
      const mine = waiting.get(person.code);
      return mine && !person.entered ? { ...person, entered: mine } : person;
    });
    return this.write(["blocks", "facts"], (blocks, known) => {
      if (complete) blocks.clear();
      for (const [key, block] of inBlocks(held)) {
        if (complete) blocks.put(block, key);
        else blocks.get(key).onsuccess = (event) => { blocks.put({ ...event.target.result, ...block }, key); };
      }
      for (const [name, value] of Object.entries(facts)) known.put(value, name);
    });
  }

  correct(hash, entered) {
    return this.write(["blocks"], (blocks) => {
      blocks.get(blockOf(hash)).onsuccess = (event) => {
        const block = event.target.result;
        if (block?.[hash]) blocks.put({ ...block, [hash]: { ...block[hash], entered } }, blockOf(hash));
      };
    });
  }

  enqueue(row, name = "queue") {
    return this.write([name], (queue) => { queue.add(row); });
  }

  // Only what the server answered for, one by one, leaves a queue.
  acknowledge(rows, name = "queue") {
    return this.write([name], (queue) => { for (const row of rows) queue.delete(row.sequence); });
  }
}
