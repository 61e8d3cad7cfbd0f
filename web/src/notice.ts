// What is worth telling of the connection and the storage, and what can be
// done about it. Pure.
import type { ErrorInfo, SessionSnapshot, StorageSnapshot } from "alcove";
import { explain } from "./errors.js";
import { t } from "./messages.js";

export type NoticeAct = Remedy | "useHere" | "dismiss";
/** What may help a core that failed. */
export type Remedy = "retry" | "reload" | "erase";

export type Notice = {
  readonly kind: "calm" | "warn";
  readonly text: string;
  /** Something is being done about it. */
  readonly busy?: boolean;
  /** What passes sooner than this, in milliseconds, is not worth a word. */
  readonly after?: number;
  readonly acts?: readonly NoticeAct[];
};

/** What only another version of the page can mend. */
const outdated = new Set(["call.mismatch", "storage.newer", "storage.outdated"]);

/** What has nothing to do with what is stored. */
const elsewhere = new Set(["core.missing", "storage.blocked", "storage.fenced", "storage.quota"]);

export function remediesOf(code: string): readonly Remedy[] {
  if (outdated.has(code)) return ["reload"];
  return elsewhere.has(code) ? ["retry", "reload"] : ["retry", "reload", "erase"];
}

/** Another tab takes over, or the core starts anew, in less: nobody should see it happen. */
const blinkMs = 2_000;

/** The one thing most worth knowing. */
export function noticeOf(session: SessionSnapshot, storage: StorageSnapshot | undefined, online: boolean): Notice | undefined {
  return troubleOf(session, storage) ?? connectionOf(session, online) ?? storageOf(storage);
}

function troubleOf(session: SessionSnapshot, storage: StorageSnapshot | undefined): Notice | undefined {
  const error = storage?.error ?? session.error;
  if (error?.code === "storage.fenced") return { kind: "warn", text: t.connection.fenced, acts: ["useHere"] };
  if (session.core === "failed") return { kind: "warn", text: explain(error), acts: remediesOf(error?.code ?? "") };
  const told = error?.code === "storage.lost"; // by the sign-in
  if (session.core === "running" && storage && !storage.open && storage.error && !told) {
    return { kind: "warn", text: t.connection.closed(explain(storage.error)), acts: ["reload"] };
  }
  if (storage?.full || session.sync === "paused") return { kind: "warn", text: t.connection.full, acts: ["reload"] };
  return undefined;
}

function connectionOf(session: SessionSnapshot, online: boolean): Notice | undefined {
  const { core, sync, progress, error } = session;
  if (core === "restarting") return { kind: "calm", text: restartingOf(error), busy: true, after: blinkMs };
  if (!online) return { kind: "warn", text: t.connection.offline };
  switch (sync) {
    case "offline":
      return { kind: "warn", text: t.connection.unreachable };
    case "failing":
      return { kind: "warn", text: t.connection.failing(explain(error)) };
    case "starting":
      return { kind: "calm", text: progress ? t.connection.progress(progress.done, progress.total) : t.connection.starting, busy: true, after: blinkMs };
    default:
      return undefined;
  }
}

/** A core that died says nothing that would help; one that could not open the storage does. */
function restartingOf(error: ErrorInfo | undefined): string {
  return error && error.code !== "core.died" ? t.connection.retrying(explain(error)) : t.connection.restarting;
}

function storageOf(storage: StorageSnapshot | undefined): Notice | undefined {
  const { lost } = storage ?? {};
  if (lost && !lost.account) return { kind: "warn", text: t.connection.lost(lost.rooms ?? 0, lost.unsent ?? 0), acts: ["dismiss"] };
  return storage?.inMemory ? { kind: "warn", text: t.connection.inMemory, acts: ["dismiss"] } : undefined;
}
