// Keeps the screen on while the page is seen; browsers drop the lock each time it is hidden, and some when they like.
let held = null;

export function stayAwake() {
  if (!("wakeLock" in navigator)) return;
  document.addEventListener("visibilitychange", ask);
  addEventListener("pointerdown", ask); // the battery saver may have refused before
  ask();
}

async function ask() {
  if (document.visibilityState !== "visible" || (held && !held.released)) return;
  held = await navigator.wakeLock.request("screen").catch(() => null);
}
