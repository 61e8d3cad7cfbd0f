// The service worker: keeps the app shell, so that the UI starts without a
// network. It knows nothing of Matrix; messages are the core's and IndexedDB's.
// The build puts in the list of files.
/// <reference lib="webworker" />

export {};
declare const self: ServiceWorkerGlobalScope;
/** Paths of all files of this version, "/" for the page. */
declare const SHELL: readonly string[];
/** Changes with any of them. */
declare const VERSION: string;

const prefix = "alcove-shell-";
const cacheName = prefix + VERSION;
const configPath = "/config.json";
const shell = new Set(SHELL);

self.addEventListener("install", (event) => event.waitUntil(fill()));
self.addEventListener("activate", (event) => event.waitUntil(clean()));
self.addEventListener("message", (event) => {
  if (event.data === "activate") void self.skipWaiting();
});
self.addEventListener("fetch", (event) => {
  const answer = answerTo(event.request);
  if (answer) event.respondWith(answer);
});

async function fill(): Promise<void> {
  const cache = await caches.open(cacheName);
  await cache.addAll(SHELL.map((path) => new Request(path, { cache: isHashed(path) ? "default" : "reload" })));
  await cache.add(new Request(configPath, { cache: "reload" })).catch(() => {}); // optional
}

/** Keeps the version before: tabs that still run it may need its worker again. */
async function clean(): Promise<void> {
  const versions = (await caches.keys()).filter((name) => name.startsWith(prefix) && name !== cacheName);
  await Promise.all(versions.slice(0, -1).map((name) => caches.delete(name)));
}

function answerTo(request: Request): Promise<Response> | undefined {
  const url = new URL(request.url);
  if (request.method !== "GET" || url.origin !== self.location.origin) return undefined;
  if (request.mode === "navigate") return isPage(url.pathname) ? fromCache("/", request) : undefined;
  if (url.pathname === configPath) return freshOr(request);
  if (shell.has(url.pathname) || isHashed(url.pathname)) return fromCache(url.pathname, request);
  return undefined;
}

const isPage = (path: string) => path === "/" || path === "/index.html";
const isHashed = (path: string) => path.startsWith("/assets/");

async function fromCache(path: string, request: Request): Promise<Response> {
  const kept = (await (await caches.open(cacheName)).match(path)) ?? (await caches.match(path));
  return kept ?? fetch(request);
}

async function freshOr(request: Request): Promise<Response> {
  try {
    const fresh = await fetch(request);
    if (fresh.ok) await (await caches.open(cacheName)).put(configPath, fresh.clone());
    return fresh;
  } catch (error) {
    const kept = await caches.match(configPath);
    if (kept) return kept;
    throw error;
  }
}
