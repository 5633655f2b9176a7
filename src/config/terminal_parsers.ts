import { homedir } from "node:os";
import { isAbsolute } from "node:path";
import { accepted, described, listOf, type Parser, scalar } from "./parsers.ts";

/** A folder of this machine that a container gets at another path. */
export interface Volume {
  readonly hostPath: string;
  readonly containerPath: string;
  readonly isReadOnly: boolean;
}

const FOLDER = scalar(
  "write the whole path, beginning with / or ~/",
  (text) => isAbsolute(text) || text.startsWith("~/") || text === "~" ? withHome(text) : undefined,
);

/** A whole path. `.` and `auto`, which the original writes by itself, leave the folder unset. */
export const folder: Parser<string | undefined> = described(
  { type: "string" },
  (raw) =>
    raw.kind === "text" && [".", "./", "auto", "cwd"].includes(raw.text)
      ? accepted(undefined)
      : FOLDER(raw),
);

export const variableNames: Parser<readonly string[]> = listOf(
  "is no name of a variable: write letters, digits and _",
  (text) => /^[A-Za-z_][A-Za-z0-9_]*$/.test(text) ? text : undefined,
);

export const volumes: Parser<readonly Volume[]> = listOf(
  "is not of the form /on/this/machine:/in/the/container, with :ro behind it if it stays unchanged",
  (text) => {
    const [host, containerPath, mode = "rw", ...more] = text.split(":");
    const hostPath = withHome(host ?? "");
    if (containerPath === undefined || more.length > 0) return undefined;
    if (!isAbsolute(hostPath) || !isAbsolute(containerPath)) return undefined;
    if (mode !== "ro" && mode !== "rw") return undefined;
    return { hostPath, containerPath, isReadOnly: mode === "ro" };
  },
);

function withHome(path: string): string {
  return path.replace(/^~(?=\/|$)/, () => homedir());
}
