// Badges that this phone let in while another gate did too: told here as they are told there, until somebody has seen it.
import { initials } from "./card.js";
import { options } from "./options.js";
import { counted, moment, word } from "./words.js";

const find = (id) => document.getElementById(id);
const keyOf = ({ code, at }) => `${code} ${at}`;

export async function conflicts({ door }) {
  let seen = new Set((await door.store.fact("conflictsSeen")) ?? []);
  let told = [];
  const show = () => {
    const [first, ...others] = told.filter((each) => !seen.has(keyOf(each)));
    find("conflict").hidden = !first;
    if (!first) return;
    const name = first.name ?? door.people.get(first.code)?.name ?? "";
    const when = moment(new Date(first.at), { asked: door.clock.now(), zone: door.clock.zone });
    find("conflict-name").textContent = options.hidesNames ? initials(name) : name;
    find("conflict-words").textContent = word("conflict-told", { when, gate: first.gate });
    find("conflict-others").textContent = others.length ? counted("conflict-others", others.length) : "";
    find("conflict").dataset.key = keyOf(first);
  };
  find("conflict-seen").addEventListener("click", async () => {
    seen.add(find("conflict").dataset.key);
    show();
    await door.store.note("conflictsSeen", [...seen]);
  });
  // Those that the server tells no more are forgotten, so that the phone's memory of them does not grow.
  return (list) => {
    told = list ?? [];
    const still = new Set(told.map(keyOf));
    seen = new Set([...seen].filter((key) => still.has(key)));
    show();
  };
}
