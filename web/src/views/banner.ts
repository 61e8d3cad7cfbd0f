// Tells how the connection and the storage are, when there is something to tell.
import type { SessionSnapshot, StorageSnapshot } from "alcove";
import { html, nothing, type TemplateResult } from "lit";
import { explain } from "../errors.js";
import { t } from "../messages.js";

export type Notice = {
  readonly kind: "calm" | "warn";
  readonly text: string;
  readonly action?: string;
};

/** The one thing most worth knowing. Pure. */
export function noticeOf(session: SessionSnapshot, storage: StorageSnapshot | undefined, online: boolean): Notice | undefined {
  return troubleOf(session, storage) ?? connectionOf(session, online);
}

function troubleOf(session: SessionSnapshot, storage: StorageSnapshot | undefined): Notice | undefined {
  const error = storage?.error ?? session.error;
  if (error?.code === "storage.fenced") return { kind: "warn", text: t.connection.fenced, action: t.connection.useHere };
  if (session.core === "failed") return { kind: "warn", text: explain(error), action: t.connection.reload };
  if (storage && !storage.open && storage.error) {
    return { kind: "warn", text: t.connection.closed(explain(storage.error)), action: t.connection.reload };
  }
  if (storage?.full || session.sync === "paused") return { kind: "warn", text: t.connection.full, action: t.connection.reload };
  return undefined;
}

function connectionOf(session: SessionSnapshot, online: boolean): Notice | undefined {
  if (session.core === "restarting") return { kind: "warn", text: t.connection.restarted };
  if (!online) return { kind: "warn", text: t.connection.offline };
  switch (session.sync) {
    case "offline":
      return { kind: "warn", text: t.connection.unreachable };
    case "failing":
      return { kind: "warn", text: t.connection.failing(explain(session.error)) };
    case "starting":
      return { kind: "calm", text: session.progress ? t.connection.progress(session.progress.done, session.progress.total) : t.connection.starting };
    default:
      return undefined;
  }
}

export const banner = (notice: Notice | undefined): TemplateResult => html`
  <div class="banners" role="status">
    ${notice ? html`
      <div class="banner" data-kind=${notice.kind}>
        ${notice.kind === "calm" ? html`<span class="spinner" aria-hidden="true"></span>` : nothing}
        <p>${notice.text}</p>
        ${notice.action ? html`<button type="button" class="button" data-size="small" @click=${() => location.reload()}>${notice.action}</button>` : nothing}
      </div>` : nothing}
  </div>`;
