/** Whose service it is: one person's, or the machine's. */
export type ServiceScope = "user" | "system";

/** A program and its arguments. */
export type Argv = readonly [program: string, ...rest: string[]];

/** Where the service of one home is kept. */
export interface ServicePlace {
  /** As the manager knows it. */
  readonly name: string;
  readonly path: string;
}

/** All that a service file says. */
export interface ServiceSpec {
  readonly binary: string;
  readonly home: string;
  /** Where the tools of the agent find programs: the manager's own list is short. */
  readonly searchPath: string;
  /** How long the gateway may take to end. */
  readonly stopSecondsMax: number;
  /** Who runs it; `undefined` is the person whose service it is. */
  readonly runAs: string | undefined;
}

/** What the manager says of a service. */
export interface ServiceState {
  /** It starts by itself, at the login of the person or at the start of the machine. */
  readonly isEnabled: boolean;
  /** It runs, is about to, or is about to end. */
  readonly isActive: boolean;
  /** The process, while there is one. */
  readonly pid: number | undefined;
  /** How the process ended last, where the manager says so. */
  readonly lastExitCode: number | undefined;
  /** In the words of the manager, e.g. `active (running)`. */
  readonly detail: string;
}

/** How a program of the manager answered; `code` is `undefined` when it did not run to its end. */
export interface ManagerAnswer {
  readonly code: number | undefined;
  readonly stdout: string;
  readonly stderr: string;
}

/** Something that keeps programs running. It only says what to write and what to call. */
export interface ServiceManager {
  readonly scope: ServiceScope;
  /** For a person, e.g. `systemd`. */
  readonly title: string;
  /** Where the service of a home is, or would be. */
  place(home: string): ServicePlace;
  /** Why it cannot run this, as the end of a sentence; `undefined` when it can. */
  refusal(spec: ServiceSpec): string | undefined;
  /** The text of the file. */
  file(place: ServicePlace, spec: ServiceSpec): string;
  /** Makes a new or changed file known, so that the service starts by itself from now on. */
  enable(place: ServicePlace): readonly Argv[];
  /** Makes it unknown: what to call before and after the file is removed. */
  disable(
    place: ServicePlace,
  ): { readonly before: readonly Argv[]; readonly after: readonly Argv[] };
  start(place: ServicePlace): readonly Argv[];
  /** Returns at the latest when the process has been told to end. */
  stop(place: ServicePlace): readonly Argv[];
  /** Prints what `readState` understands. */
  askState(place: ServicePlace): Argv;
  readState(answer: ManagerAnswer): ServiceState;
  /** What a person types to see what the service printed. */
  logHint(place: ServicePlace): string;
  /** Prints whether the manager is at work here: a container mostly has none. */
  readonly askAtWork: Argv;
  isAtWork(answer: ManagerAnswer): boolean;
}
