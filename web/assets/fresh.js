// Keeps the part of a page that says how far a reading is up to date until it has ended, and says aloud what changed.
const SOON = 400;
const SLOWER = 1.25;
const SLOWEST = 10000;

export function keepFresh() {
  for (const part of document.querySelectorAll("[data-fresh]")) {
    if (state(part) === "under-way") follow(part, SOON);
  }
}

function state(part) {
  return part.querySelector("[data-state]")?.dataset.state;
}

function follow(part, wait) {
  setTimeout(async () => {
    try {
      const answer = await fetch(part.dataset.fresh || location.href, { headers: { Accept: "text/html" }, redirect: "error" });
      if (answer.ok) {
        const html = part.dataset.fresh ? await answer.text() : sameOf(await answer.text());
        if (html !== part.lastHtml) show(part, html);
      }
    } catch {
      // The network is away for a moment: the next look may succeed.
    }
    if (state(part) === "under-way") follow(part, Math.min(wait * SLOWER, SLOWEST));
  }, wait);
}

// The same part of the page itself, where it has no address of its own.
function sameOf(page) {
  return new DOMParser().parseFromString(page, "text/html").querySelector("[data-fresh]").innerHTML;
}

function show(part, html) {
  const focused = part.contains(document.activeElement);
  const before = part.querySelector("h2")?.textContent;
  part.lastHtml = html;
  part.innerHTML = html;
  const heading = part.querySelector("h2");
  if (heading && heading.textContent !== before) {
    const says = document.querySelector("[data-fresh-says]");
    if (says) says.textContent = heading.textContent;
  }
  if (focused) part.querySelector("a")?.focus();
}
