// Keeps the scanner's page and files on the phone, so that it opens without the network. `KEPT` is written above this
// line by the server: every address holds the hash of what it gives. The API is never touched.
const CACHE = `scanner-${KEPT[0].split("/")[2]}`;
const PATIENCE = 3_000;

self.addEventListener("install", (event) => {
  event.waitUntil(caches.open(CACHE).then((cache) => cache.addAll(KEPT)).then(() => self.skipWaiting()));
});

self.addEventListener("activate", (event) => {
  event.waitUntil(takeOver());
});

// Pages seen before move to the new cache, files of before go. The pages that are open are ours from now on, and kept
// too: a phone may lose the network right after its first visit.
async function takeOver() {
  const cache = await caches.open(CACHE);
  for (const name of await caches.keys()) {
    if (name !== CACHE) await caches.delete(name);
  }
  await self.clients.claim();
  for (const client of await self.clients.matchAll({ type: "window" })) {
    const response = await fetch(client.url).catch(() => null);
    if (response && isScanner(response)) await cache.put(client.url, response);
  }
}

self.addEventListener("fetch", (event) => {
  const address = new URL(event.request.url);
  if (event.request.method !== "GET" || address.origin !== location.origin) return;
  if (event.request.mode === "navigate") event.respondWith(freshPage(event.request));
  else if (KEPT.includes(address.pathname + address.search)) event.respondWith(kept(event.request));
});

async function kept(request) {
  return (await caches.match(request)) ?? fetch(request);
}

// Only a scanner is kept, never the question for a PIN in its place: it is the one page that may ask for the camera.
function isScanner(response) {
  return response.ok && (response.headers.get("Permissions-Policy") ?? "").includes("camera=(self)");
}

// The newest page when the network gives it in time, else the one of the last visit.
async function freshPage(request) {
  const cache = await caches.open(CACHE);
  try {
    const response = await fetch(request, { signal: AbortSignal.timeout(PATIENCE) });
    if (isScanner(response)) await cache.put(request.url, response.clone());
    return response;
  } catch (trouble) {
    const before = await cache.match(request.url, { ignoreSearch: true });
    if (before) return before;
    throw trouble;
  }
}
