import assert from "node:assert/strict";
import { readdir, readFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { REQUIREMENTS } from "./requirements.ts";

const TESTS_DIR = dirname(fileURLToPath(import.meta.url));
const known = new Set(REQUIREMENTS.map((requirement) => requirement.id));

test("every promise is cited by a test, and every cited promise exists", async () => {
  const cited = new Set<string>();
  for (const name of await readdir(TESTS_DIR, { recursive: true })) {
    if (!/_test\.ts$|scenarios\.ts$/.test(name) || name === "requirements_test.ts") continue;
    const text = await readFile(join(TESTS_DIR, name), "utf8");
    for (const match of text.matchAll(/\[([CPS]\d{2,3})\]/g)) cited.add(match[1] ?? "");
  }
  assert.deepEqual([...known].filter((id) => !cited.has(id)), [], "promises without a test");
  assert.deepEqual([...cited].filter((id) => !known.has(id)), [], "citations of unknown promises");
});
