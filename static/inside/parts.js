// Parts of a page change by themselves while somebody looks at it: each is asked for anew, and put in place when it
// changed. Without JavaScript the page is reloaded by hand and shows the same.
const parts = [...document.querySelectorAll("[data-part]")];
const alerts = document.querySelector("[data-alerts]");
let told = alertIn(document);

function alertIn(place) {
  return place.querySelector("[data-alert]")?.textContent.trim() ?? "";
}

// What somebody opened stays open, whatever the server sent.
function keepOpen(before, after) {
  const opened = [...before.querySelectorAll("details")].map((each) => each.open);
  after.querySelectorAll("details").forEach((each, number) => { each.open = opened[number] ?? each.open; });
}

// An alert is said once, politely; nothing else that changes is read aloud.
function tell(part) {
  const words = alertIn(part);
  if (alerts && part.querySelector("[data-alert]") && words !== told) alerts.textContent = told = words;
}

async function refresh(part) {
  if (document.visibilityState !== "visible" || part.contains(document.activeElement)) return;
  const headers = part.etag ? { "If-None-Match": part.etag } : {};
  const wait = AbortSignal.timeout(15000);
  const response = await fetch(part.dataset.part, { headers, signal: wait, cache: "no-store" }).catch(() => null);
  document.documentElement.toggleAttribute("data-offline", !response);
  if (!response?.ok || response.redirected) return; // not modified, or no answer: what was shown stays
  part.etag = response.headers.get("ETag");
  const fresh = document.createElement("div");
  fresh.innerHTML = (await response.json()).html;
  keepOpen(part, fresh);
  part.replaceChildren(...fresh.childNodes);
  tell(part);
  part.dispatchEvent(new CustomEvent("partchanged", { bubbles: true }));
}

for (const part of parts) {
  let under = false;
  setInterval(async () => {
    if (under) return; // a slow answer is waited for
    under = true;
    await refresh(part).finally(() => { under = false; });
  }, Number(part.dataset.every) * 1000);
}
document.querySelectorAll("[data-live]").forEach((each) => { each.hidden = false; });
document.querySelectorAll("[data-reload]").forEach((each) => { each.hidden = true; });
