import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

const FOLDER = fileURLToPath(new URL("../../fixtures/mattermost-contract/", import.meta.url));

export interface SocketRecording {
  readonly name: string;
  /** Frames the server sent, in order. */
  readonly frames: readonly string[];
}

/** Every recorded exchange over a socket. */
export function socketRecordings(): SocketRecording[] {
  return readdirSync(FOLDER).filter((name) => name.startsWith("ws-")).map((name) => {
    const frames: { dir: string; text?: string }[] = read(name).frames ?? [];
    const texts = frames.flatMap(({ dir, text }) => dir === "in" && text !== undefined ? text : []);
    return { name: name.replace(/\.json$/, ""), frames: texts };
  });
}

/** The body that the server answered a recorded request with. */
export function recordedBody(name: string): unknown {
  return read(`${name}.json`).response.body;
}

// deno-lint-ignore no-explicit-any -- files of known shape.
function read(name: string): any {
  return JSON.parse(readFileSync(FOLDER + name, "utf8"));
}
