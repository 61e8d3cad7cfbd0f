/** Copies a text that may be still to come: a browser only lets that begin at the press which asks for it. */
export async function copy(text: Promise<string>): Promise<void> {
  const blob = text.then((text) => new Blob([text], { type: "text/plain" }));
  // The text first: why there is none says more than that it was not copied.
  await Promise.all([text, navigator.clipboard.write([new ClipboardItem({ "text/plain": blob })])]);
}
