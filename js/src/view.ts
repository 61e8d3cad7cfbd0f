/** random is an id that nobody guesses or makes twice, also on pages without HTTPS. */
export function random(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** Other tabs name views of the same core. */
const page = random();
let views = 0;

/** viewName is this page's name for a list that the core keeps open for it. */
export function viewName(): string {
  return `${page}-${++views}`;
}
