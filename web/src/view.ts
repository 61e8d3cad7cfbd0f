// The base of the UI's elements, and how they follow live objects.
import { LitElement, type ReactiveController, type ReactiveControllerHost } from "lit";

/** What the package's live objects have in common. */
export interface Live<T> {
  getSnapshot(): T;
  subscribe(listener: () => void): () => void;
  close(): void;
}

/** An element without a shadow root: one style sheet, and ids that labels can refer to. */
export abstract class View extends LitElement {
  protected override createRenderRoot(): HTMLElement {
    return this;
  }

  /** Finds an element of this view. */
  protected find<E extends HTMLElement>(selector: string): E | null {
    return this.querySelector<E>(selector);
  }
}

/**
 * Keeps a live object open for as long as its host is on the page and `key`
 * stays the same, and renders the host when it changes.
 */
export class Following<L extends Live<unknown>> implements ReactiveController {
  readonly #host: ReactiveControllerHost;
  readonly #key: () => unknown;
  readonly #open: () => L | undefined;
  #opened: unknown = Following;
  #live: L | undefined;
  #stop: (() => void) | undefined;

  constructor(host: ReactiveControllerHost, key: () => unknown, open: () => L | undefined) {
    this.#host = host;
    this.#key = key;
    this.#open = open;
    host.addController(this);
  }

  get live(): L | undefined {
    return this.#live;
  }

  get snapshot(): ReturnType<L["getSnapshot"]> | undefined {
    return this.#live?.getSnapshot() as ReturnType<L["getSnapshot"]> | undefined;
  }

  hostConnected(): void {
    this.#host.requestUpdate();
  }

  hostUpdate(): void {
    const key = this.#key();
    if (key === this.#opened) return;
    this.#close();
    this.#opened = key;
    this.#live = this.#open();
    this.#stop = this.#live?.subscribe(() => this.#host.requestUpdate());
  }

  hostDisconnected(): void {
    this.#close();
  }

  #close(): void {
    this.#stop?.();
    this.#live?.close();
    this.#stop = this.#live = undefined;
    this.#opened = Following;
  }
}

/** What the client owns: leaving a view that follows it does not close it. */
export function unowned<T>(live: Omit<Live<T>, "close">): Live<T> {
  return { getSnapshot: live.getSnapshot, subscribe: live.subscribe, close: () => {} };
}

/** Reads a value that is not held by the package, such as the theme, in the same shape. */
export class Held<T> {
  readonly #listeners = new Set<() => void>();
  #value: T;

  constructor(value: T) {
    this.#value = value;
  }

  readonly getSnapshot = (): T => this.#value;

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  set(value: T): void {
    if (value === this.#value) return;
    this.#value = value;
    for (const listener of [...this.#listeners]) listener();
  }

  /** Nothing is held open. */
  close(): void {}
}
