import type { CallOptions, Calls, Json, LoginFlows, LoginPasswordParams, RoomID, Session } from "./api.js";
import { AlcoveError } from "./error.js";
import type { SessionObject } from "./session.js";
import type { LiveStorage } from "./storage.js";

/** Signing in. */
export interface Login {
  /** Finds the homeserver and asks how one may sign in. */
  flows(homeserver?: string, options?: CallOptions): Promise<LoginFlows>;
  /**
   * Signs in with a password and starts to sync. `core.died` where the core
   * ended meanwhile and its successor knows of no session; sign in again.
   */
  password(credentials: LoginPasswordParams, options?: CallOptions): Promise<Session>;
}

/** The user's account data, kept on the server; that of a room where one is named. */
export interface AccountDataStore {
  /** Null where there is none. */
  get(type: string, options?: CallOptions & { readonly roomId?: RoomID }): Promise<Json>;
  set(type: string, content: Json, options?: CallOptions & { readonly roomId?: RoomID }): Promise<void>;
}

export function makeLogin(calls: Calls, session: SessionObject, storage: LiveStorage): Login {
  return {
    flows: (homeserver, options) => calls.loginFlows({ homeserver }, options),
    async password(credentials, options) {
      const result = await calls.loginPassword(credentials, options).catch((error) => outlived(calls, error, options));
      session.signedIn(result);
      void storage.persist(); // a browser that asks its user should do so when there is something to keep
      return result;
    },
  };
}

/** outlived is the session that a core stored before it ended without an answer; else it throws the error. */
async function outlived(calls: Calls, error: unknown, options: CallOptions | undefined): Promise<Session> {
  if (!(error instanceof AlcoveError) || error.code !== "core.died" || !error.recoverable) throw error;
  for await (const session of calls.session(options)) {
    if (session.state !== "ready") break;
    return session;
  }
  throw error;
}

export function makeAccountData(calls: Calls): AccountDataStore {
  return {
    async get(type, { signal, roomId } = {}) {
      return (await calls.accountData({ type, roomId }, { signal })).content;
    },
    set: (type, content, { signal, roomId } = {}) => calls.setAccountData({ type, content, roomId }, { signal }),
  };
}
