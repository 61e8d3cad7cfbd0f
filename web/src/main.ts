// Starts the UI.
import "../css/main.css";
import { readConfig } from "./config.js";
import { installServiceWorker } from "./pwa.js";
import { applyStoredTheme } from "./theme.js";
import { App } from "./views/app.js";

applyStoredTheme();
const app = document.querySelector("alcove-app");
if (app instanceof App) {
  start(app);
  if (import.meta.env.MODE === "production") void installServiceWorker("/sw.js");
}

function start(app: App): void {
  // Neither waits for the other: only signing in needs the config.
  void readConfig().then(({ homeserver }) => (app.homeserver = homeserver));
  app.open();
}
