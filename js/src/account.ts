import type { CallOptions, Calls, Json, LoginFlows, LoginPasswordParams, RoomID, Session } from "./api.js";
import type { SessionObject } from "./session.js";
import type { LiveStorage } from "./storage.js";

/** Signing in. */
export interface Login {
  /** Finds the homeserver and asks how one may sign in. */
  flows(homeserver?: string, options?: CallOptions): Promise<LoginFlows>;
  /** Signs in with a password and starts to sync. */
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
      const result = await calls.loginPassword(credentials, options);
      session.signedIn(result);
      void storage.persist(); // a browser that asks its user should do so when there is something to keep
      return result;
    },
  };
}

export function makeAccountData(calls: Calls): AccountDataStore {
  return {
    async get(type, { signal, roomId } = {}) {
      return (await calls.accountData({ type, roomId }, { signal })).content;
    },
    set: (type, content, { signal, roomId } = {}) => calls.setAccountData({ type, content, roomId }, { signal }),
  };
}
