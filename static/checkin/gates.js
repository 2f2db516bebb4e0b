// The gates that were opened on this phone: it keeps their links, so that one phone serves several doors in turn.
import { pendingAt } from "./db.js";
import { counted } from "./words.js";

const KEY = "door-gates";
const MOST = 12;
const KEPT_FOR = 30 * 86_400_000;
const find = (id) => document.getElementById(id);

function known() {
  try {
    return JSON.parse(localStorage.getItem(KEY) ?? "[]").filter((gate) => Date.now() - gate.seen < KEPT_FOR);
  } catch {
    return [];
  }
}

function keep(gates) {
  localStorage.setItem(KEY, JSON.stringify(gates.slice(0, MOST)));
}

export function rememberGate({ key, name, edition }) {
  const others = known().filter((gate) => gate.key !== key);
  keep([{ key, name, edition, address: location.pathname, seen: Date.now() }, ...others]);
}

export function forgetGate(key) {
  keep(known().filter((gate) => gate.key !== key));
}

// Shows the switch; each gate says what it has yet to send, since it sends only while it is open.
export function gateSwitch(current) {
  return async () => {
    const others = known().filter((gate) => gate.key !== current);
    find("gates").hidden = others.length === 0;
    const rows = await Promise.all(others.map(async (gate) => {
      const item = find("gate-row").content.firstElementChild.cloneNode(true);
      const pending = await pendingAt(gate.key).catch(() => 0);
      item.querySelector("a").href = gate.address;
      item.querySelector("[data-part=name]").textContent = gate.name;
      item.querySelector("[data-part=about]").textContent = [gate.edition, pending ? counted("pending", pending) : ""].filter(Boolean).join(" · ");
      return item;
    }));
    find("gates-list").replaceChildren(...rows);
  };
}
