// IndexedDB with one call per transaction, for the Go package beside this file.
// Import it for its effect, once, in the worker that runs the Go program:
// it defines globalThis.alcoveIDB. It needs no eval, so that it works under a
// strict Content-Security-Policy.
//
// Every call answers through settle(id, error name or null, message, bytes).
// Calls never throw and never answer before they return. Messages of their own
// accord have id -1 and a name: "blocked", "queued", "versionchange", "close".
// Packed bytes are little-endian; pack_js.go has their format.
(() => {
  'use strict';

  // One record in a store that no schema can name: who owns the database.
  const EPOCH_STORE = '_epoch';
  const EPOCH_KEY = 0;
  const OPEN = 0;
  const EVENT = -1;
  const MISSING = 0xffffffff;

  class Reader {
    #bytes; #view; #at = 0;
    constructor(bytes) {
      this.#bytes = bytes;
      this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    }
    get more() { return this.#at < this.#bytes.byteLength; }
    u8() { return this.#bytes[this.#at++]; }
    // The places of the stores that what follows is about.
    scope() { const n = this.u8(); this.#at += n; return [...this.#bytes.subarray(this.#at - n, this.#at)]; }
    u32() { this.#at += 4; return this.#view.getUint32(this.#at - 4, true); }
    // slice, never subarray: storing a view clones all of its buffer.
    bytes() { const n = this.u32(); this.#at += n; return this.#bytes.slice(this.#at - n, this.#at); }
    // undefined means everything.
    range() {
      const bounds = this.u8();
      const low = bounds & 1 ? this.bytes() : undefined;
      const high = bounds & 2 ? this.bytes() : undefined;
      if (low && high) return IDBKeyRange.bound(low, high, false, true);
      if (low) return IDBKeyRange.lowerBound(low);
      return high && IDBKeyRange.upperBound(high, true);
    }
  }

  const write = (stores, reader) => {
    while (reader.more) {
      const kind = reader.u8();
      const store = stores(reader.u8());
      if (kind === 1) {
        const key = reader.bytes();
        store.put(reader.bytes(), key);
      } else if (kind === 2) {
        store.delete(reader.bytes());
      } else {
        const range = reader.range();
        if (range) store.delete(range); else store.clear();
      }
    }
  };

  // One request where the browser can (Chrome 141), else two.
  const scan = (store, query, count) => {
    const bytes = (key) => new Uint8Array(key);
    if (store.getAllRecords) {
      const records = store.getAllRecords({ query, count });
      return () => ({ keys: records.result.map((r) => bytes(r.primaryKey)), values: records.result.map((r) => r.value) });
    }
    const keys = store.getAllKeys(query, count);
    const values = store.getAll(query, count);
    return () => ({ keys: keys.result.map(bytes), values: values.result });
  };

  // Asks everything that the reader has; returns what gathers the answers.
  const ask = (stores, reader) => {
    const queries = [];
    while (reader.more) {
      const kind = reader.u8();
      const store = stores(reader.u8());
      if (kind === 1) {
        const requests = [];
        for (let n = reader.u32(); n > 0; n--) requests.push(store.get(reader.bytes()));
        queries.push(() => ({ values: requests.map((r) => r.result) }));
      } else {
        const limit = reader.u32() || undefined;
        const range = reader.range();
        queries.push(scan(store, range, limit));
      }
    }
    return () => pack(queries.map((answer) => answer()));
  };

  const pack = (answers) => {
    const out = new Uint8Array(answers.reduce((sum, a) => sum + sizeOf(a), 0));
    const view = new DataView(out.buffer);
    let at = 0;
    const number = (n) => { view.setUint32(at, n, true); at += 4; };
    const bytes = (b) => { number(b.byteLength); out.set(b, at); at += b.byteLength; };
    for (const { keys, values } of answers) {
      number(values.length);
      values.forEach((value, i) => {
        if (keys) bytes(keys[i]);
        if (value === undefined) number(MISSING); else bytes(value);
      });
    }
    return out;
  };

  const sizeOf = ({ keys = [], values }) => {
    let size = 4 + 4 * (keys.length + values.length);
    for (const key of keys) size += key.byteLength;
    for (const value of values) {
      if (value === undefined) continue;
      if (!(value instanceof Uint8Array)) throw new TypeError('a stored value is not bytes');
      size += value.byteLength;
    }
    return size;
  };

  class Connection {
    #settle; #stores; #db; #epoch; #closed = false;
    #begun = false; // it is its turn: what takes long now hangs

    constructor(stores, settle) {
      this.#stores = stores;
      this.#settle = settle;
    }

    start(name, version) {
      this.#guard(OPEN, () => {
        const request = indexedDB.open(name, version);
        let upgrade;
        request.onupgradeneeded = () => {
          upgrade = request.transaction;
          this.#begun = true;
          // Who gave up waiting must not be overtaken by an upgrade.
          if (this.#closed) upgrade.abort(); else this.#upgrade(request.result);
        };
        request.onblocked = () => this.#answer(EVENT, 'blocked');
        // An upgrade that fails says why only on its transaction.
        request.onerror = () => this.#refuse(OPEN, upgrade?.error ?? request.error);
        request.onsuccess = () => this.#guard(OPEN, () => this.#opened(request.result));
      });
    }

    #upgrade(db) {
      for (const name of [EPOCH_STORE, ...this.#stores]) {
        if (!db.objectStoreNames.contains(name)) db.createObjectStore(name);
      }
    }

    #opened(db) {
      this.#begun = true;
      if (this.#closed) return db.close();
      this.#db = db;
      db.onversionchange = (e) => this.#answer(EVENT, 'versionchange', e.newVersion === null ? 'delete' : 'upgrade');
      db.onclose = () => this.#answer(EVENT, 'close');
      const missing = this.#stores.find((name) => !db.objectStoreNames.contains(name));
      if (missing !== undefined) throw new DOMException(missing, 'StoreMissing');
      this.#claim();
    }

    // Fences all earlier owners: their writes find another epoch than theirs.
    // On a full disk that cannot be written. What is stored can still be read
    // then, so the database opens without an owner, until commit finds space.
    #claim() {
      this.#claimEpoch((error) => {
        if (error && error.name !== 'QuotaExceededError') this.#refuse(OPEN, error);
        else this.#answer(OPEN, null);
      });
    }

    #claimEpoch(done) {
      const tx = this.#db.transaction(EPOCH_STORE, 'readwrite', { durability: 'strict' });
      const store = tx.objectStore(EPOCH_STORE);
      const last = store.get(EPOCH_KEY);
      let epoch;
      last.onsuccess = () => {
        epoch = (last.result ?? 0) + 1;
        store.put(epoch, EPOCH_KEY);
        tx.commit?.();
      };
      tx.oncomplete = () => {
        this.#epoch = epoch;
        done();
      };
      tx.onabort = () => done(tx.error ?? new DOMException('', 'AbortError'));
    }

    commit(id, strict, packed) {
      if (this.#epoch === undefined) return this.#own(id);
      this.#guard(id, () => {
        const reader = new Reader(packed);
        const tx = this.#begin(reader.scope(), 'readwrite', { durability: strict ? 'strict' : 'relaxed' });
        try {
          this.#commit(id, tx, reader);
        } catch (error) {
          try { tx.abort(); } catch { /* it has ended by itself */ }
          throw error;
        }
      });
    }

    // Without an owner others may have written since we read: once there is
    // space to become it, the database has to be opened anew.
    #own(id) {
      this.#guard(id, () => this.#claimEpoch((error) => {
        this.#refuse(id, error ?? new DOMException('space again', 'InvalidStateError'));
      }));
    }

    // The changes are requested before the epoch is known, so that nothing
    // waits for it; the transaction commits only once it proved right.
    #commit(id, tx, reader) {
      const found = tx.objectStore(EPOCH_STORE).get(EPOCH_KEY);
      let fenced;
      found.onsuccess = () => {
        if (found.result === this.#epoch) return tx.commit?.();
        fenced = new DOMException('', 'Fenced');
        tx.abort();
      };
      write(this.#in(tx), reader);
      this.#finish(id, tx, undefined, () => fenced);
    }

    read(id, packed) {
      this.#guard(id, () => {
        const reader = new Reader(packed);
        const tx = this.#begin(reader.scope(), 'readonly');
        this.#finish(id, tx, ask(this.#in(tx), reader));
      });
    }

    // The epoch's store is always in: transactions that change anything run one
    // after the other, whosever they are.
    #begin(scope, mode, options) {
      return this.#db.transaction([EPOCH_STORE, ...scope.map((i) => this.#stores[i])], mode, options);
    }

    #in(tx) {
      const stores = [];
      return (i) => (stores[i] ??= tx.objectStore(this.#stores[i]));
    }

    // Settles call id when tx has ended.
    #finish(id, tx, result, cause) {
      tx.oncomplete = () => this.#guard(id, () => this.#answer(id, null, '', result?.()));
      tx.onabort = () => this.#refuse(id, cause?.() ?? tx.error);
    }

    // Runs body; what it throws settles the call, later.
    #guard(id, body) {
      try {
        body();
      } catch (error) {
        queueMicrotask(() => this.#refuse(id, error));
      }
    }

    #refuse(id, error) {
      this.#answer(id, error?.name ?? 'AbortError', error?.message ?? '');
    }

    #answer(id, name, message = '', bytes = undefined) {
      if (!this.#closed) this.#settle(id, name, message, bytes);
    }

    look() {
      tellIfAlive(() => this.#begun || this.#answer(EVENT, 'queued'));
    }

    // Lets go of the database; nothing is settled any more. The browser lets
    // transactions in flight end by themselves.
    close() {
      this.#closed = true;
      this.#db?.close();
    }
  }

  // "blocked" is only for the request whose turn it is: one that waits behind
  // it, such as an open behind somebody's blocked delete, hears nothing at all.
  // If the browser answers what takes no turn, it is that and no hang.
  const tellIfAlive = (alive) => {
    try {
      indexedDB.databases().then(alive, () => {});
    } catch { /* a browser that does not have it */ }
  };

  const open = (name, version, stores, settle) => {
    const connection = new Connection(stores, settle);
    connection.start(name, version);
    return connection;
  };

  const remove = (name, settle) => {
    let closed = false;
    const answer = (...args) => { if (!closed) settle(...args); };
    try {
      const request = indexedDB.deleteDatabase(name);
      request.onblocked = () => answer(EVENT, 'blocked', '');
      request.onsuccess = () => answer(OPEN, null, '');
      request.onerror = () => answer(OPEN, request.error?.name ?? 'UnknownError', request.error?.message ?? '');
    } catch (error) {
      queueMicrotask(() => answer(OPEN, error.name, error.message));
    }
    return { look: () => tellIfAlive(() => answer(EVENT, 'queued', '')), close() { closed = true; } };
  };

  globalThis.alcoveIDB = { open, remove };
})();
