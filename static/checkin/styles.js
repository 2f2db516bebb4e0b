// A stylesheet that a bad network lost is asked for again until it is there: without it an answer has no colour, no shape.
const PAUSE = 2_000;

export function keepStyled() {
  for (const link of document.querySelectorAll("link[rel=stylesheet]")) {
    if (!hasRules(link)) askAgain(link, 1);
  }
}

// What did not come has no sheet, one without rules, or one that may not be read: browsers differ.
function hasRules({ sheet }) {
  try {
    return sheet.cssRules.length > 0;
  } catch {
    return false;
  }
}

function askAgain(link, times) {
  setTimeout(() => {
    const fresh = link.cloneNode();
    fresh.onerror = () => askAgain(fresh, times + 1);
    link.replaceWith(fresh);
  }, PAUSE * Math.min(times, 15));
}
