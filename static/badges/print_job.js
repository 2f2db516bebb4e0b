// Follows a print job: the same page is asked for again, and its part that tells how far the job is replaced.
const PAUSE = 1500;

async function follow() {
  const shown = document.getElementById("print-job");
  const answer = await fetch(location.href, { headers: { Accept: "text/html" } }).catch(() => null);
  if (answer?.ok) {
    const fresh = new DOMParser().parseFromString(await answer.text(), "text/html").getElementById("print-job");
    if (fresh) {
      const ended = !["waiting", "running"].includes(fresh.dataset.state);
      shown.replaceWith(fresh);
      if (ended) return;
    }
  }
  setTimeout(follow, PAUSE);
}

setTimeout(follow, PAUSE);
