import { mkdir, mkdtemp, realpath, symlink, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import process from "node:process";
import { systemClock } from "../../../src/runtime/clock.ts";
import type { PathPlaces } from "../../../src/safety/path_rules.ts";
import type { SessionKey } from "../../../src/sessions/session_store.ts";
import { FileAccess } from "../../../src/tools/files/file_access.ts";
import { FileChanges } from "../../../src/tools/files/file_changes.ts";
import { FileMemory } from "../../../src/tools/files/file_memory.ts";
import { createPatchTool } from "../../../src/tools/files/patch_tool.ts";
import { createReadFileTool } from "../../../src/tools/files/read_file_tool.ts";
import { createSearchFilesTool } from "../../../src/tools/files/search_files_tool.ts";
import { createWriteFileTool } from "../../../src/tools/files/write_file_tool.ts";
import { ToolRegistry } from "../../../src/tools/registry.ts";
import type { WorkPlace } from "../../../src/tools/work_place.ts";
import { tempDir } from "../../support/temp_dir.ts";
import { toolContext } from "../../support/tool_context.ts";

export interface FilesLabOptions {
  /** Files of the work folder by their paths. */
  readonly files?: Readonly<Record<string, string>>;
  readonly places?: Partial<PathPlaces>;
  readonly workPlace?: (folder: string) => WorkPlace;
  readonly programPath?: string;
}

/** The tools for files on a folder of their own. */
export class FilesLab implements AsyncDisposable {
  /** Where relative paths begin. */
  readonly folder: string;
  readonly hermesHome: string;
  readonly memory = new FileMemory();
  readonly registry: ToolRegistry;
  readonly #dir: AsyncDisposable;

  static async open(options: FilesLabOptions = {}): Promise<FilesLab> {
    const dir = await tempDir();
    const root = await realpath(dir.path);
    const lab = new FilesLab(dir, root, options);
    for (const folder of [lab.folder, lab.hermesHome]) await mkdir(folder);
    for (const [name, text] of Object.entries(options.files ?? {})) await lab.put(name, text);
    return lab;
  }

  private constructor(dir: AsyncDisposable, root: string, options: FilesLabOptions) {
    this.#dir = dir;
    this.folder = join(root, "work");
    this.hermesHome = join(root, "home");
    const local: WorkPlace = {
      folderOf: () => this.folder,
      locate: (path) => ({ hostPath: path, within: undefined, isReadOnly: false }),
    };
    const workPlace = options.workPlace?.(this.folder) ?? local;
    const places = { userHome: join(root, "user"), hermesHome: this.hermesHome, ...options.places };
    const access = new FileAccess(workPlace, places);
    const changes = new FileChanges(access, this.memory);
    const { programPath = process.env.PATH ?? "" } = options;
    this.registry = new ToolRegistry([
      createReadFileTool({ access, memory: this.memory }),
      createWriteFileTool(changes),
      createPatchTool(changes),
      createSearchFilesTool({ access, places, programPath, clock: systemClock }),
    ]);
  }

  path(name: string): string {
    return join(this.folder, name);
  }

  /** Writes a file past the tools, as another program would. */
  async put(name: string, text: string | Uint8Array): Promise<void> {
    await mkdir(dirname(this.path(name)), { recursive: true });
    await writeFile(this.path(name), text);
  }

  async link(name: string, target: string): Promise<void> {
    await symlink(target, this.path(name));
  }

  async call(name: string, input: Record<string, unknown>, session?: string): Promise<string> {
    const resolved = this.registry.resolve({ id: "c1", name, arguments: input });
    if (resolved.kind === "refused") throw new Error(resolved.reason);
    const context = toolContext(session === undefined ? {} : { sessionKey: session as SessionKey });
    return await resolved.tool.run(resolved.input, context, new AbortController().signal);
  }

  read(path: string, more: Record<string, unknown> = {}, session?: string): Promise<string> {
    return this.call("read_file", { path, ...more }, session);
  }

  write(path: string, content: string, session?: string): Promise<string> {
    return this.call("write_file", { path, content }, session);
  }

  replace(path: string, oldString: string, newString: string, more: Record<string, unknown> = {}) {
    return this.call("patch", { path, old_string: oldString, new_string: newString, ...more });
  }

  patch(patch: string): Promise<string> {
    return this.call("patch", { mode: "patch", patch });
  }

  search(pattern: string, more: Record<string, unknown> = {}): Promise<string> {
    return this.call("search_files", { pattern, ...more });
  }

  [Symbol.asyncDispose](): Promise<void> {
    return Promise.resolve(this.#dir[Symbol.asyncDispose]());
  }
}

/** A folder beside others that only this test knows. */
export async function folderBeside(lab: FilesLab): Promise<string> {
  return await mkdtemp(join(dirname(lab.folder), "beside-"));
}
