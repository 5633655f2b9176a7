import type { Child, ChildStart } from "../../runtime/child_process.ts";
import type { Place } from "../work_place.ts";

/** Where commands run: on this machine, or in a container. */
export interface TerminalBackend {
  readonly kind: "local" | "container";
  /** The folder in which a session begins, as its commands name it. */
  readonly startFolder: string;
  /** Clears away what a process left that died. It never throws, and the first `start` waits for it. */
  prepare(): Promise<void>;
  /** Starts a shell with these arguments. Throws a `ToolError` when it cannot be started. */
  start(shell: ShellStart): Promise<Child>;
  /** A folder of one's own that this machine and the shells can write. */
  sharedFolder(): Promise<SharedFolder>;
  /** Where an absolute path of a command is on this machine; `undefined` if it is not there. */
  locate(path: string): Place | undefined;
  /** Ends what it has started, and removes what it has made. */
  close(): Promise<void>;
}

export interface ShellStart extends Pick<ChildStart, "input" | "onOutput"> {
  readonly arguments: readonly string[];
}

/** The same folder under two names. */
export interface SharedFolder {
  readonly hostPath: string;
  readonly shellPath: string;
}
