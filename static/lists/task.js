// Follows a task: the same page is asked for again, and its part that tells how far it is takes the place of the former.
const PAUSE = 1000;

async function follow() {
  const shown = document.getElementById("task");
  const answer = await fetch(location.href, { headers: { Accept: "text/html" } }).catch(() => null);
  if (answer?.ok) {
    if (answer.redirected) {
      location.replace(answer.url);
      return;
    }
    const fresh = new DOMParser().parseFromString(await answer.text(), "text/html").getElementById("task");
    if (fresh) {
      shown.replaceWith(fresh);
      if (!fresh.dataset.atWork) return;
    }
  }
  setTimeout(follow, PAUSE);
}

setTimeout(follow, PAUSE);
