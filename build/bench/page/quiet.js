import loglevel from "loglevel";

/**
 * quiet keeps matrix-js-sdk from logging each room that it takes in: lines on the
 * console cost time that has nothing to do with its work.
 */
export function quiet() {
  loglevel.methodFactory = () => () => {};
  for (const logger of Object.values(loglevel.getLoggers())) {
    logger.methodFactory = loglevel.methodFactory;
    logger.rebuild();
  }
}
