// What the scripts ask of the server and of the page.

/** pushNews has the server give another response, or several. */
export async function pushNews(url, events, count = 1) {
  return (await fetch(`${url}/bench/push?events=${events}&count=${count}`, { method: "POST" })).json();
}

/** expectNews says what the next response will show and end with. */
export const expectNews = async (url) => (await fetch(`${url}/bench/next`)).json();

/** journal lists what the server saw. */
export const journal = async (url) => (await fetch(`${url}/bench/journal`)).json();

/** until asks again and again, for a minute. */
export async function until(is) {
  for (const end = Date.now() + 60_000; Date.now() < end; await new Promise((resolve) => setTimeout(resolve, 20))) {
    const found = await is();
    if (found) return found;
  }
  throw new Error(`bench waits in vain for ${is}`);
}

/** takeTasks says how long the page stood still: tasks of 50 ms and more, the longest and what is beyond 50 of them all. */
export function takeTasks(group, take, tasks) {
  take(`${group}.task`, Math.max(0, ...tasks));
  take(`${group}.blocked`, tasks.reduce((sum, ms) => sum + ms - 50, 0));
}
