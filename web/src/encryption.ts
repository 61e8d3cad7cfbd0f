// The doors to the dialogs about encryption, which are loaded when the first
// of them opens: most visits need none.
import type { Client, LiveVerification, Person } from "alcove";
import { html } from "lit";
import { openDialog } from "./dialog.js";
import { t } from "./messages.js";

type Dialogs = typeof import("./views/encryption/all.js");

/** Loads what the settings show of encryption. */
export const loadEncryption = (): void => void open(() => {});

export const openSetUp = (client: Client): void => void open((all) => all.openSetUp(client));
export const openRecover = (client: Client): void => void open((all) => all.openRecover(client));
export const openDevices = (client: Client, user?: Person): void => void open((all) => all.openDevices(client, user));
export const openVerification = (client: Client, live: LiveVerification, user?: string): void =>
  void open((all) => all.openVerification(client, live, user));
export const verifyUser = (client: Client, user: string): void => void open((all) => all.startVerification(client, { user }));

async function open(act: (dialogs: Dialogs) => void): Promise<void> {
  const dialogs = await import("./views/encryption/all.js").catch(() => undefined);
  if (dialogs) act(dialogs);
  else openDialog(t.encryption.banner.label, () => html`<p class="error" role="alert">${t.encryption.notLoaded}</p>`);
}
