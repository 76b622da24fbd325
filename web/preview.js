// For coaches, while they edit: asks whether the knowledge base has changed, loads the page again when it has, and shows
// what is wrong with it. The answers are kept, so the page comes back where it was.

const EVERY = 1000;

export function follow(knowledge, show) {
  setInterval(async () => {
    let found;
    try {
      found = await (await fetch("preview.json", { cache: "no-store" })).json();
    } catch {
      show(["The preview has ended; start it again in the terminal."]);
      return;
    }
    show(found.problems);
    if (found.knowledge !== knowledge) location.reload();
  }, EVERY);
}
