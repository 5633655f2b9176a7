/** When a job runs. */
export type Schedule =
  | {
    readonly kind: "once";
    /** Milliseconds since 1970-01-01 UTC. */
    readonly runAtMs: number;
  }
  | { readonly kind: "interval"; readonly minutes: number }
  | {
    readonly kind: "cron";
    /** Five fields: minute, hour, day of the month, month, day of the week. */
    readonly expression: string;
    /** IANA name; `undefined` for the one of the settings. */
    readonly timeZone: string | undefined;
  };
