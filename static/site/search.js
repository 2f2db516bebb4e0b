// Lists answer as one types, and "/" goes to the search field. Without scripts the form's button does the same.
// <form method="get" class="filters" role="search" data-as-typed>: everything beside the form is replaced by the
// answer's; a page whose own script holds elements of the list listens to "listchanged" on the document.

const PAUSE = 250;

function follow(form) {
  let waiting = 0;
  let asked = null;

  async function ask() {
    asked?.abort();
    asked = new AbortController();
    const address = new URL(form.action || location.href);
    address.search = new URLSearchParams([...new FormData(form)].filter(([, value]) => value !== "")).toString();
    let page;
    try {
      const answer = await fetch(address, { signal: asked.signal, headers: { Accept: "text/html" } });
      if (!answer.ok) return;
      page = new DOMParser().parseFromString(await answer.text(), "text/html");
    } catch {
      return; // another letter was typed, or the network is away: the button still works
    }
    const fresh = page.querySelector("form[data-as-typed]");
    if (!fresh) return;
    exchange(form, fresh);
    history.replaceState(null, "", address);
    document.dispatchEvent(new CustomEvent("listchanged"));
  }

  form.addEventListener("input", () => {
    clearTimeout(waiting);
    waiting = setTimeout(ask, PAUSE);
  });
}

function exchange(form, fresh) {
  // A status that stays in place is read out; one that comes anew may not be.
  const status = form.parentNode.querySelector(":scope > [role=status]");
  const news = fresh.parentNode.querySelector(":scope > [role=status]");
  if (status && news) {
    status.replaceChildren(...news.childNodes);
    news.replaceWith(status);
  }
  const [before, after] = [[], []];
  let side = before;
  for (const node of [...fresh.parentNode.childNodes]) {
    if (node === fresh) side = after;
    else side.push(node);
  }
  for (const node of [...form.parentNode.childNodes]) if (node !== form) node.remove();
  form.before(...before);
  form.after(...after);
}

document.querySelectorAll("form[data-as-typed]").forEach(follow);

document.addEventListener("keydown", (event) => {
  if (event.key !== "/" || event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.target.closest("input, textarea, select, [contenteditable]")) return;
  const field = document.querySelector("main input[type=search]");
  if (!field) return;
  event.preventDefault();
  field.focus();
  field.select();
});
