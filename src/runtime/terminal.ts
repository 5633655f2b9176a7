/** What an output can show. */
export interface Terminal {
  /** Somebody looks at it: it is not a file or a pipe. */
  readonly isTty: boolean;
  readonly color: boolean;
  readonly widthColumns: number;
}

/** Used for outputs that do not say how wide they are. */
const WIDTH_COLUMNS_DEFAULT = 80;

/**
 * Describes `stream` (`process.stdout` or `process.stderr`). `NO_COLOR` beats `FORCE_COLOR`, which
 * beats what the terminal can do. Source: https://no-color.org and https://force-color.org.
 */
export function describeTerminal(
  stream: { readonly isTTY?: boolean | undefined; readonly columns?: number | undefined },
  environment: Readonly<Record<string, string | undefined>>,
): Terminal {
  const isTty = stream.isTTY === true;
  return {
    isTty,
    color: isColorWanted(isTty, environment),
    widthColumns: stream.columns || WIDTH_COLUMNS_DEFAULT,
  };
}

function isColorWanted(
  isTty: boolean,
  environment: Readonly<Record<string, string | undefined>>,
): boolean {
  const { NO_COLOR = "", FORCE_COLOR = "", TERM } = environment;
  if (NO_COLOR !== "") return false;
  if (FORCE_COLOR !== "") return FORCE_COLOR !== "0" && FORCE_COLOR !== "false";
  return isTty && TERM !== "dumb";
}
