import { createHash } from "node:crypto";
import { HermesError } from "../../errors.ts";
import { asNumber, asObject, asText, parseJson } from "../../mattermost/decode.ts";
import { readTextFile, writeFileAtomic } from "../../runtime/atomic_file.ts";
import { isSameSecret } from "../../runtime/same_secret.ts";

/** A way in for other programs: what they send becomes a message. */
export interface Hook {
  /** Stands in its address. */
  readonly name: string;
  /** SHA-256 of its token, which is shown once and kept by nobody here. */
  readonly tokenHash: string;
  /** Where its messages go, as somebody wrote it. */
  readonly target: string;
  /** What the agent does with what is sent; `undefined` where it is posted as it is. */
  readonly prompt: string | undefined;
  /** The sets of tools that the agent has for it. */
  readonly toolsets: readonly string[];
  readonly createdAtMs: number;
}

/** The file of hooks cannot be used. */
export class HookFileError extends HermesError {
  override readonly name = "HookFileError";
  override readonly code = "hooks.bad_file";

  constructor(path: string) {
    super(`Cannot read "${path}": it does not hold hooks`, {
      hint: "Mend the file, or move it away and add the hooks again.",
    });
  }
}

/** Letters, digits, and - or _ between them. */
export const HOOK_NAME = /^[a-z0-9](?:[a-z0-9_-]{0,38}[a-z0-9])?$/;
const OWNER_ONLY = 0o600;

/** The hooks of a home, in a file that is read each time: it may change while the gateway runs. */
export class HookBook {
  readonly #path: string;

  constructor(path: string) {
    this.#path = path;
  }

  /** @throws HookFileError */
  async all(): Promise<readonly Hook[]> {
    const text = await readTextFile(this.#path);
    if (text === undefined) return [];
    const hooks = asObject(parseJson(text))?.hooks;
    if (!Array.isArray(hooks)) throw new HookFileError(this.#path);
    return hooks.map((hook) => {
      const decoded = decodeHook(hook);
      if (decoded === undefined) throw new HookFileError(this.#path);
      return decoded;
    });
  }

  /** The hook that is called so, for whoever shows its token. */
  async find(name: string, token: string): Promise<Hook | undefined> {
    const hook = (await this.all()).find((each) => each.name === name);
    return hook !== undefined && isSameSecret(hashOf(token), hook.tokenHash) ? hook : undefined;
  }

  /** Adds it, in the place of another one of its name. */
  async put(hook: Omit<Hook, "tokenHash">, token: string): Promise<void> {
    const others = (await this.all()).filter(({ name }) => name !== hook.name);
    await this.#write([...others, { ...hook, tokenHash: hashOf(token) }]);
  }

  /** Whether there was one. */
  async remove(name: string): Promise<boolean> {
    const all = await this.all();
    const others = all.filter((hook) => hook.name !== name);
    if (others.length < all.length) await this.#write(others);
    return others.length < all.length;
  }

  async #write(hooks: readonly Hook[]): Promise<void> {
    const text = `${JSON.stringify({ version: 1, hooks }, undefined, 2)}\n`;
    await writeFileAtomic(this.#path, text, { mode: OWNER_ONLY });
  }
}

function hashOf(token: string): string {
  return createHash("sha256").update(token).digest("hex");
}

function decodeHook(value: unknown): Hook | undefined {
  const hook = asObject(value);
  const [name, tokenHash, target] = [hook?.name, hook?.tokenHash, hook?.target].map(asText);
  if (name === undefined || tokenHash === undefined || target === undefined) return undefined;
  if (!HOOK_NAME.test(name) || tokenHash === "" || target === "") return undefined;
  const toolsets = Array.isArray(hook?.toolsets) ? hook.toolsets.map(asText) : [];
  const prompt = asText(hook?.prompt) || undefined;
  const createdAtMs = asNumber(hook?.createdAtMs) ?? 0;
  return { name, tokenHash, target, prompt, toolsets, createdAtMs };
}
