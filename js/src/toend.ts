import type { CallOptions } from "./api.js";
import { AlcoveError, Moved } from "./error.js";

/**
 * toEnd drains a stream of progress and returns where it ended. A core that takes
 * over begins anew, which does no harm: what was done is found done.
 */
export async function toEnd<Progress>(
  open: (options: CallOptions) => AsyncIterable<Progress>,
  first: Progress,
  { signal, onProgress }: CallOptions & { readonly onProgress?: ((progress: Progress) => void) | undefined } = {},
): Promise<Progress> {
  let last = first;
  for (;;) {
    try {
      for await (last of open({ signal })) onProgress?.(last);
      return last;
    } catch (error) {
      const lost = error instanceof Moved || (error instanceof AlcoveError && error.code === "core.died" && error.recoverable);
      if (!lost) throw error;
    }
  }
}
