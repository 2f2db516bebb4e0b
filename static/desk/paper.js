// While a kit is being made, the list of kits changes by itself; without scripts, the page is opened again.
const EVERY = 3000;

async function look() {
  try {
    const answer = await fetch(location.href, { headers: { Accept: "text/html" } });
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const fresh = page.getElementById("kits");
    if (fresh) document.getElementById("kits").replaceWith(document.adoptNode(fresh));
    if (!page.querySelector("#kits[data-waits]")) return;
  } catch {
    // the network is away: asked again
  }
  setTimeout(look, EVERY);
}

setTimeout(look, EVERY);
