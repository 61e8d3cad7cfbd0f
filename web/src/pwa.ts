// Installs the service worker and tells when a newer version of the UI waits.
// It never reloads by itself: only the user knows when that does not disturb.
import { Held } from "./view.js";

export const updateReady = new Held<boolean>(false);

const hourMs = 3_600_000;
let waiting: ServiceWorker | undefined;

/** Without service workers (private windows, plain http) the UI needs the network to start, no more. */
export async function installServiceWorker(url: string): Promise<void> {
  if (!("serviceWorker" in navigator)) return;
  const isUpdate = navigator.serviceWorker.controller !== null;
  try {
    const registration = await navigator.serviceWorker.register(url, { updateViaCache: "none" });
    watch(registration);
    setInterval(() => void registration.update().catch(() => {}), hourMs);
  } catch {
    return;
  }
  // Another tab took the new version: this one still runs the old.
  if (isUpdate) navigator.serviceWorker.addEventListener("controllerchange", () => updateReady.set(true));
}

function watch(registration: ServiceWorkerRegistration): void {
  const look = () => {
    if (!registration.waiting || !navigator.serviceWorker.controller) return;
    waiting = registration.waiting;
    updateReady.set(true);
  };
  look();
  registration.addEventListener("updatefound", () => {
    registration.installing?.addEventListener("statechange", look);
  });
}

/** Changes over to the new version; drafts are stored and stay. */
export function applyUpdate(): void {
  if (!waiting || waiting.state !== "installed") return location.reload();
  navigator.serviceWorker.addEventListener("controllerchange", () => location.reload(), { once: true });
  waiting.postMessage("activate");
}

export function dismissUpdate(): void {
  updateReady.set(false);
}
