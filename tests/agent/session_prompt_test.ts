import assert from "node:assert/strict";
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import {
  type PromptedSession,
  type PromptSources,
  sessionPrompt,
} from "../../src/agent/session_prompt.ts";
import { MemoryStore } from "../../src/memory/memory_store.ts";
import { systemClock } from "../../src/runtime/clock.ts";
import { silentLog } from "../../src/runtime/log.ts";
import { openJsonSessionStore } from "../../src/sessions/json_session_store.ts";
import type { SessionKey } from "../../src/sessions/session_store.ts";
import { BUNDLED_SKILLS } from "../../src/skills/bundled_skills.ts";
import { SkillStore } from "../../src/skills/skill_store.ts";
import { promptSources } from "../support/prompt_sources.ts";
import { seededRandom } from "../support/seeded_random.ts";
import { tempDir } from "../support/temp_dir.ts";

const NOTES = { kind: "notes" } as const;

async function lab(parts: Partial<PromptSources> = {}) {
  const dir = await tempDir();
  const store = new MemoryStore({
    folder: join(dir.path, "memories"),
    limits: { notesCharsMax: 2_200, profileCharsMax: 1_375 },
    clock: systemClock,
  });
  const skills = new SkillStore({
    folder: join(dir.path, "skills"),
    externalFolders: [],
    bundled: BUNDLED_SKILLS,
    platform: "linux",
    clock: systemClock,
    log: silentLog,
  });
  const workFolder = join(dir.path, "work");
  await mkdir(workFolder);
  const sources = promptSources({
    memory: { store, hasNotes: true, hasProfiles: true },
    skills: { store: skills, disabled: ["team-digest"] },
    workFolder,
    projectFolder: workFolder,
    ...parts,
  });
  const sessions = openJsonSessionStore({
    folder: join(dir.path, "sessions"),
    clock: systemClock,
    random: seededRandom(3),
    log: silentLog,
  });
  const prompt = (session: Partial<PromptedSession> = {}) =>
    sessionPrompt({ ...SESSION, ...session }, sources, sessions);
  return {
    store,
    workFolder,
    prompt,
    [Symbol.asyncDispose]: async () => {
      await sessions.close();
      await dir[Symbol.asyncDispose]();
    },
  };
}

const SESSION: PromptedSession = {
  key: "agent:main:test:dm:one" as SessionKey,
  conversation: {
    place: { kind: "dm", personName: "ada" },
    isThread: false,
    hasSeveralPeople: false,
  },
  personId: "ada-id",
  platformHint: "Write Markdown.",
  toolNames: new Set(["memory", "skill_view", "read_file"]),
  modelId: "some-model",
  startedAtMs: Date.UTC(2026, 5, 3),
};
const OTHER_KEY = "agent:main:test:dm:two" as SessionKey;

test("[P111] sessionPrompt() stays as it was while things are remembered, and is new in the next session", async () => {
  await using at = await lab();
  const first = await at.prompt();
  await at.store.change(NOTES, { action: "add", content: "The server is atlas" });
  assert.equal(await at.prompt(), first);
  assert.match(
    await at.prompt({ key: OTHER_KEY }),
    /^MEMORY: your own notes .*\nThe server is atlas/m,
  );
});

test("sessionPrompt() is made anew when the model or the tools change", async () => {
  await using at = await lab();
  const first = await at.prompt();
  assert.match(await at.prompt({ modelId: "other-model" }), /on the model "other-model"/);
  assert.doesNotMatch(await at.prompt({ toolNames: new Set() }), /skill_view/);
  assert.equal(await at.prompt(), first);
});

test("[P136] sessionPrompt() holds the profile of this person, and nobody's where several talk", async () => {
  await using at = await lab();
  const change = { action: "add", content: "Likes tea" } as const;
  await at.store.change({ kind: "profile", personId: "ada-id" }, change);
  assert.match(await at.prompt(), /^USER: .*\nLikes tea/m);
  assert.doesNotMatch(await at.prompt({ key: OTHER_KEY, personId: "bob-id" }), /Likes/);
  const shared = "agent:main:test:channel:x" as SessionKey;
  assert.doesNotMatch(await at.prompt({ key: shared, personId: undefined }), /Likes/);
});

test("[P137] sessionPrompt() lists the skills, but for those that are off or need tools", async () => {
  await using at = await lab();
  const prompt = await at.prompt();
  assert.match(prompt, /^- meeting-notes: /m);
  assert.doesNotMatch(prompt, /team-digest/);
});

test("sessionPrompt() repeats what the project's file says, the first of those there are", async () => {
  await using at = await lab();
  await writeFile(join(at.workFolder, "CLAUDE.md"), "later");
  await writeFile(join(at.workFolder, "AGENTS.md"), "Use tabs.");
  const prompt = await at.prompt();
  assert.match(prompt, /What AGENTS.md says .*\n\nUse tabs\./);
  assert.doesNotMatch(prompt, /later/);
});

test("sessionPrompt() does not pass on what the scan blocks, and says so", async () => {
  const blocked = (text: string) => text.includes("EVIL") ? "it gives orders" : undefined;
  await using at = await lab({ blocked });
  await writeFile(join(at.workFolder, "AGENTS.md"), "EVIL orders");
  await at.store.change(NOTES, { action: "add", content: "EVIL note" });
  await at.store.change(NOTES, { action: "add", content: "good note" });
  const prompt = await at.prompt();
  assert.doesNotMatch(prompt, /EVIL/);
  assert.match(prompt, /AGENTS\.md of the project is not shown: it gives orders\./);
  assert.match(prompt, /\[An entry is not shown: it gives orders\.\]\n§\ngood note/);
});

test("sessionPrompt() goes on without a memory that cannot be read", async () => {
  const dir = await tempDir();
  await mkdir(join(dir.path, "MEMORY.md"));
  const limits = { notesCharsMax: 100, profileCharsMax: 100 };
  const store = new MemoryStore({ folder: dir.path, limits, clock: systemClock });
  await using at = await lab({ memory: { store, hasNotes: true, hasProfiles: false } });
  assert.match(await at.prompt(), /^You are Hermes\./);
  await dir[Symbol.asyncDispose]();
});
