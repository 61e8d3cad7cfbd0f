import type { Logger } from "matrix-js-sdk/lib/logger.js";

/** silent says nothing. */
export const silent: Logger = {
  trace() {},
  debug() {},
  info() {},
  warn() {},
  error() {},
  getChild: () => silent,
};
