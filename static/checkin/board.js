// The board changes by itself while somebody looks at it: the same page is asked for again and its board put in place.
const PLACE = "#board";
const place = document.querySelector(PLACE);
const every = Number(place.dataset.every) * 1000;

function showThatItLives(board) {
  board.querySelector("[data-live]").hidden = false;
  board.querySelector("[data-reload]").hidden = true;
}

async function refresh() {
  if (document.visibilityState !== "visible") return;
  const response = await fetch(location.href, { signal: AbortSignal.timeout(every * 2) }).catch(() => null);
  if (!response?.ok || response.redirected) return; // the board of before stays, with its hour
  const page = new DOMParser().parseFromString(await response.text(), "text/html");
  const board = page.querySelector(PLACE);
  const before = document.querySelector(PLACE);
  if (!board || before.contains(document.activeElement)) return; // nobody's focus is taken away
  const open = before.querySelector("details")?.open;
  if (open && board.querySelector("details")) board.querySelector("details").open = true;
  showThatItLives(board);
  before.replaceWith(board);
}

showThatItLives(place);
setInterval(refresh, every);
