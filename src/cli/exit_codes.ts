/** How `hermes` ends. The names are those of sysexits.h where it has one. */
export const EXIT = {
  ok: 0,
  /** Something is broken or failed; the message says what. */
  failure: 1,
  /** The command line is wrong. */
  usage: 2,
  /** `hermes gateway status`: nothing runs. The number is that of the LSB's init scripts. */
  notRunning: 3,
  /** `hermes update --check`: there is a newer version. */
  updateExists: 3,
  /** The configuration cannot work: a refused token, no model. Restarting does not help. */
  config: 78,
  /** The person left: so shells count Ctrl-C. */
  cancelled: 130,
} as const;
