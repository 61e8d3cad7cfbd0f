// What whoever serves the UI may say about it, in /config.json.

export type Config = { readonly homeserver: string };

/** By default the homeserver is where the UI comes from. */
export async function readConfig(): Promise<Config> {
  const fallback = { homeserver: location.origin };
  try {
    const response = await fetch("/config.json", { credentials: "omit" });
    if (!response.ok) return fallback;
    const config: unknown = await response.json();
    if (typeof config !== "object" || config === null || !("homeserver" in config)) return fallback;
    return typeof config.homeserver === "string" ? { homeserver: config.homeserver } : fallback;
  } catch {
    return fallback;
  }
}
