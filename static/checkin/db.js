// What a phone keeps of one gate: the people, the scans it has yet to send, and a few facts. Written for good before
// the volunteer sees anything, so that a battery that dies loses nothing.
// The queue numbers its rows by itself: scans leave in the order in which they were made.
const STORES = { people: { keyPath: "code" }, queue: { keyPath: "sequence", autoIncrement: true }, facts: {} };

export async function openStore(gate) {
  const database = await request(opening(gate));
  return new Store(database);
}

function opening(gate) {
  const asked = indexedDB.open(`door-${gate}`, 1);
  asked.onupgradeneeded = () => {
    for (const [name, options] of Object.entries(STORES)) asked.result.createObjectStore(name, options);
  };
  return asked;
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

  fact(name) {
    return request(this.database.transaction("facts").objectStore("facts").get(name));
  }

  // Decides about a person as the disk knows them, and writes the entry and the scan in the same transaction.
  record(hash, judge) {
    return this.write(["people", "queue"], (people, queue, answer) => {
      people.get(hash).onsuccess = (event) => {
        const { scan, person, decision } = judge(event.target.result);
        if (person) people.put(person);
        queue.add(scan).onsuccess = (added) => answer({ scan: { ...scan, sequence: added.target.result }, decision });
      };
    });
  }

  // Takes over a list from the server. Scans of this phone that are still on their way keep their entry.
  takeList({ people, complete, facts }, waiting) {
    return this.write(["people", "facts"], (kept, known) => {
      if (complete) kept.clear();
      for (const person of people) {
        const mine = waiting.get(person.code);
        kept.put(mine && !person.entered ? { ...person, entered: mine } : person);
      }
      for (const [name, value] of Object.entries(facts)) known.put(value, name);
    });
  }

  correct(hash, entered) {
    return this.write(["people"], (people) => {
      people.get(hash).onsuccess = (event) => {
        if (event.target.result) people.put({ ...event.target.result, entered });
      };
    });
  }

  enqueue(row) {
    return this.write(["queue"], (queue) => { queue.add(row); });
  }

  // Only what the server answered for, one by one, leaves the queue.
  acknowledge(rows) {
    return this.write(["queue"], (queue) => { for (const row of rows) queue.delete(row.sequence); });
  }
}
