import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { openDraft } from "../../../src/cli/setup/draft.ts";
import type { Prompter } from "../../../src/cli/setup/prompter.ts";
import { runSetup, type SetupOutcome } from "../../../src/cli/setup/run_setup.ts";
import type { SetupContext } from "../../../src/cli/setup/setup_context.ts";
import type { SetupAnswers } from "../../../src/cli/setup/setup_options.ts";
import type { BotAccess } from "../../../src/cli/setup/token_question.ts";
import { MattermostApi } from "../../../src/mattermost/api.ts";
import { parseServerUrl } from "../../../src/mattermost/base_url.ts";
import { silentLog } from "../../../src/runtime/log.ts";
import { network } from "../../mattermost/support/lab.ts";
import { homePaths } from "../../../src/config/paths.ts";
import { systemClock } from "../../../src/runtime/clock.ts";
import { systemRandom } from "../../../src/runtime/random.ts";
import { type SandboxOptions, SandboxServer } from "../../../src/sandbox/sandbox_server.ts";
import { ModelServer } from "../../support/model_server.ts";
import { tempDir } from "../../support/temp_dir.ts";
import { ScriptedPrompter, type Step } from "./scripted_prompter.ts";

export interface SetupLabInput {
  readonly given?: Partial<SetupAnswers>;
  readonly environment?: Readonly<Record<string, string>>;
  readonly isChecked?: boolean;
  readonly isConfirmed?: boolean;
}

/** A server, a model, and an empty home to set up. */
export class SetupLab implements AsyncDisposable {
  readonly sandbox: SandboxServer;
  readonly model: ModelServer;
  readonly home: string;
  readonly #folder: AsyncDisposable;

  static async open(options: Partial<SandboxOptions> = {}): Promise<SetupLab> {
    const deps = { clock: systemClock, random: systemRandom };
    const sandbox = await SandboxServer.start({ ...deps, ...options });
    return new SetupLab(sandbox, await ModelServer.start(), await tempDir());
  }

  private constructor(
    sandbox: SandboxServer,
    model: ModelServer,
    folder: { readonly path: string } & AsyncDisposable,
  ) {
    this.sandbox = sandbox;
    this.model = model;
    this.home = join(folder.path, "home");
    this.#folder = folder;
  }

  get botToken(): string {
    return this.sandbox.token("hermes").reveal();
  }

  /** What it takes to get through without a mistake: each question and its reply. */
  get plainSteps(): Step[] {
    return [
      [/Which platform\?/, "Mattermost"],
      ...this.mattermostSteps,
      [/Home channel/, "~general"],
      [/Where does the bot answer/, "In a thread"],
      ...this.modelSteps,
      [/Write it\?/, true],
    ];
  }

  get mattermostSteps(): Step[] {
    return [
      [/Address of your Mattermost server/, this.sandbox.url],
      [/Token of the bot/, this.botToken],
      [/Who may talk/, "Only people"],
      [/user names or e-mail/, "@alice, bob@example.test"],
    ];
  }

  get modelSteps(): Step[] {
    return [
      [/Which model answers\?/, "Another server"],
      [/Address of the model server/, this.model.url],
      [/API key/, ""],
      [/Which model of/, "test-model"],
    ];
  }

  /** One group of questions, on its own. */
  async context(prompter: Prompter, input: SetupLabInput = {}): Promise<SetupContext> {
    const { given = {}, environment = QUIET_ENVIRONMENT, isChecked = true } = input;
    const { draft } = await openDraft({ home: this.home, environment });
    return {
      prompter,
      draft,
      environment,
      given: { ...NOTHING_GIVEN, ...given },
      isChecked,
      clock: systemClock,
      random: systemRandom,
    };
  }

  /** The bot's account, as the question for the token gives it. */
  get access(): BotAccess {
    const serverUrl = parseServerUrl(this.sandbox.url);
    if ("problem" in serverUrl) throw new Error(serverUrl.problem);
    const token = this.sandbox.token("hermes");
    const deps = { clock: systemClock, random: systemRandom, log: silentLog };
    const api = new MattermostApi({ ...deps, serverUrl, token, fetch: network.fetch });
    return { token, api, me: this.sandbox.user("hermes") };
  }

  async run(prompter: Prompter, input: SetupLabInput = {}): Promise<SetupOutcome> {
    const { isConfirmed = false } = input;
    const context = await this.context(prompter, input);
    return await runSetup(context, { paths: homePaths(this.home), isConfirmed });
  }

  /** The whole setup with somebody who gives these replies, all of which are asked for. */
  async converse(steps: readonly Step[], input: SetupLabInput = {}): Promise<ScriptedPrompter> {
    const prompter = new ScriptedPrompter(steps);
    await this.run(prompter, input);
    if (prompter.left.length > 0) throw new Error(`Not asked: ${prompter.left[0]?.[0]}`);
    return prompter;
  }

  async write(name: ".env" | "config.yaml", text: string): Promise<void> {
    await mkdir(this.home, { recursive: true });
    await writeFile(join(this.home, name), text);
  }

  /** `undefined` when there is no such file. */
  async read(name: ".env" | "config.yaml"): Promise<string | undefined> {
    return await readFile(join(this.home, name), "utf8").catch(() => undefined);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all([this.sandbox.close(), this.model.close()]);
    await this.#folder[Symbol.asyncDispose]();
  }
}

/** No program that serves models is looked for on the machine of the person who runs the tests. */
export const QUIET_ENVIRONMENT = {
  OLLAMA_BASE_URL: "http://127.0.0.1:2/v1",
  LM_BASE_URL: "http://127.0.0.1:2/v1",
  LLAMACPP_BASE_URL: "http://127.0.0.1:2/v1",
  VLLM_BASE_URL: "http://127.0.0.1:2/v1",
};

export const NOTHING_GIVEN: SetupAnswers = {
  url: undefined,
  caFile: undefined,
  token: undefined,
  people: undefined,
  homeChannel: undefined,
  replyMode: undefined,
  provider: undefined,
  baseUrl: undefined,
  model: undefined,
  apiKey: undefined,
};
