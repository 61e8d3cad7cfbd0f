// The last way out: removing all that is stored.
import { confirm } from "../dialog.js";
import { explain } from "../errors.js";
import { t } from "../messages.js";

/** Asks, and says what is lost. */
export const askErase = (erase: () => Promise<void>): void => confirm(t.erase.title, t.erase.text, t.erase.act, erase, explain);
