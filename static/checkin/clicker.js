// People without a badge, counted by hand: each press is one person, kept on the phone until the server has it.
import { stamp } from "./clock.js";
import { number, word } from "./words.js";

const find = (id) => document.getElementById(id);

export function clicker({ door }) {
  let counted = 0;
  const show = () => { find("clicked").textContent = word("clicked", { count: `${counted < 0 ? "−" : ""}${number(Math.abs(counted))}` }); };
  const click = async (difference) => {
    counted += difference;
    show();
    door.inside.add(difference);
    navigator.vibrate?.(30);
    try {
      const today = door.clock.day(door.clock.now());
      await door.store.enqueue({ id: crypto.randomUUID(), difference, ...stamp() }, "clicks");
      await door.store.note("clicked", { day: today, counted });
    } catch {
      door.states.show("storage-full", { over: "disk" });
      return;
    }
    await door.sync.count();
    door.sync.soon();
  };
  find("click-in").addEventListener("click", () => click(1));
  find("click-out").addEventListener("click", () => click(-1));
  return async () => {
    const before = await door.store.fact("clicked");
    counted = before?.day === door.clock.day(door.clock.now()) ? before.counted : 0;
    show();
  };
}
