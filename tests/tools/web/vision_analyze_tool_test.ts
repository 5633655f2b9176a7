import assert from "node:assert/strict";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import { FileCache } from "../../../src/files/file_cache.ts";
import { systemClock } from "../../../src/runtime/clock.ts";
import { silentLog } from "../../../src/runtime/log.ts";
import { resolveHost } from "../../../src/runtime/resolve_host.ts";
import { createVisionTool } from "../../../src/tools/web/vision_analyze_tool.ts";
import { ModelScript, say } from "../../support/model_script.ts";
import { PNG } from "../../support/sample_files.ts";
import { tempDir } from "../../support/temp_dir.ts";
import { toolContext } from "../../support/tool_context.ts";
import { startWeb } from "./web_lab.ts";

const { signal } = new AbortController();

async function lab() {
  const dir = await tempDir();
  const model = new ModelScript(say("A red dot."));
  const tool = createVisionTool({
    fetch,
    resolveHost,
    policy: { allowsPrivate: true },
    clock: systemClock,
    model,
    files: new FileCache({ folder: join(dir.path, "cache"), clock: systemClock, log: silentLog }),
    findFile: (path) => Promise.resolve(join(dir.path, path)),
  });
  return {
    folder: dir.path,
    model,
    look: (input: unknown) => tool.run(tool.input.parse(input), toolContext(), signal),
    [Symbol.asyncDispose]: dir[Symbol.asyncDispose],
  };
}

test("[P150] vision_analyze shows a model the image of a file, an address or data", async () => {
  await using web = await startWeb({ "/dot.png": { body: PNG } });
  const data = `data:image/png;base64,${btoa(String.fromCharCode(...PNG))}`;
  for (const place of ["dot.png", `${web.url}/dot.png`, data]) {
    await using at = await lab();
    await writeFile(join(at.folder, "dot.png"), PNG);
    assert.equal(await at.look({ image_url: place, question: "What is it?" }), "A red dot.");
    const [message] = at.model.requests[0]?.messages ?? [];
    assert.equal(message?.role === "user" && message.text, "What is it?");
    assert.equal(message?.role === "user" && message.images?.[0]?.mimeType, "image/png");
  }
});

test("vision_analyze refuses what is no image, or is not there", async () => {
  await using at = await lab();
  await writeFile(join(at.folder, "fake.png"), "not an image");
  await assert.rejects(at.look({ image_url: "fake.png" }), /it is text\/plain/);
  await assert.rejects(at.look({ image_url: "missing.png" }), /There is no file "missing\.png"/);
  await assert.rejects(at.look({ image_url: "data:text/html;base64,AAAA" }), /no image in base64/);
});
