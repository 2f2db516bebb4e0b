// A screen of the hall: asks for what changed, keeps the hour, and turns its pages when not everything fits.
const main = document.querySelector("[data-screen]");
const pages = document.querySelector("[data-pages]");
const clock = document.querySelector("[data-clock]");
const TURN = 12000;
const ASK = 20000;
let current = 0;
let change = 0;
let etag = null;
let error = 0; // how far this machine's clock is off

const written = new Intl.DateTimeFormat(document.documentElement.lang, {
  hour: "numeric", minute: "2-digit", timeZone: clock.dataset.zone, hourCycle: "h23",
});

function tick() {
  const parts = Object.fromEntries(written.formatToParts(new Date(Date.now() + error)).map((part) => [part.type, part.value]));
  clock.textContent = document.documentElement.lang === "fr"
    ? `${parts.hour}\u00a0h\u00a0${parts.minute}` : `${parts.hour.padStart(2, "0")}:${parts.minute}`;
}

// Rows are put on pages by measuring: as many as fit on this screen, in these letters.
function split(rows, room) {
  const found = [[]];
  let used = 0;
  for (const row of rows) {
    const tall = row.getBoundingClientRect().height;
    if (used + tall > room + 1 && found.at(-1).length) { found.push([]); used = 0; }
    found.at(-1).push(row);
    used += tall;
  }
  return found;
}

function show() {
  const list = main.querySelector("[data-rows]");
  if (list) {
    const rows = [...list.querySelectorAll("[data-row]")];
    rows.forEach((row) => { row.hidden = false; });
    const sheets = split(rows, list.clientHeight);
    current %= sheets.length;
    rows.forEach((row) => { row.hidden = !sheets[current].includes(row); });
    pages.textContent = sheets.length > 1 ? `${current + 1} / ${sheets.length}` : "";
  } else pages.textContent = "";
  const changes = [...main.querySelectorAll("[data-change]")];
  if (changes.length) {
    const fits = window.innerHeight > window.innerWidth ? 3 : 2;
    const sheets = Math.ceil(changes.length / fits);
    change %= sheets;
    changes.forEach((each, number) => { each.hidden = Math.floor(number / fits) !== change; });
  }
}

async function ask() {
  const address = new URL(location.href);
  address.searchParams.delete("page");
  address.searchParams.set("part", "1");
  const headers = etag ? { "If-None-Match": etag } : {};
  const response = await fetch(address, { headers, cache: "no-store", signal: AbortSignal.timeout(15000) }).catch(() => null);
  document.documentElement.toggleAttribute("data-offline", !response?.ok && response?.status !== 304);
  if (!response) return; // what was shown stays
  const theirs = Date.parse(response.headers.get("Date"));
  if (theirs && Math.abs(theirs - Date.now()) > 30000) error = theirs - Date.now();
  if (!response.ok || response.redirected) return;
  etag = response.headers.get("ETag");
  main.innerHTML = (await response.json()).html;
  show();
}

show();
tick();
if (main.dataset.number) ask(); // opened on a page for screens without scripts: take the whole
document.fonts?.ready.then(show);
addEventListener("resize", show);
setInterval(tick, 5000);
setInterval(() => { current += 1; change += 1; show(); }, TURN);
setInterval(ask, ASK);
setInterval(() => location.reload(), 6 * 3600 * 1000); // a new version of the page reaches a screen that nobody touches
