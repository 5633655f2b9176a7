import assert from "node:assert/strict";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import { loadImages } from "../../src/models/load_images.ts";
import { toSdkCall } from "../../src/models/sdk_call.ts";
import type { UserMessage } from "../../src/transcript/message.ts";
import { PNG } from "../support/sample_files.ts";
import { tempDir } from "../support/temp_dir.ts";
import { chosenAt } from "./wire_server.ts";

function showing(...paths: readonly string[]): UserMessage {
  const images = paths.map((path) => ({ path, mimeType: "image/png", name: "dot.png" }));
  return { role: "user", text: "look", images };
}

test("[P150] loadImages() reads the newest images first, and no more than a request may hold", async () => {
  await using dir = await tempDir();
  const paths = Array.from({ length: 25 }, (_, index) => join(dir.path, `${index}.png`));
  await Promise.all(paths.map((path) => writeFile(path, PNG)));
  const loaded = await loadImages(paths.map((path) => showing(path)));
  assert.deepEqual([...loaded.keys()], paths.slice(5).toReversed());
});

test("loadImages() leaves out what is gone, too large, or of a type that not all take", async () => {
  await using dir = await tempDir();
  const large = join(dir.path, "large.png");
  await writeFile(large, new Uint8Array(4_000_000));
  const tiff = { path: large, mimeType: "image/tiff", name: "a.tiff" };
  const messages = [showing(join(dir.path, "gone.png"), large), { ...showing(), images: [tiff] }];
  assert.equal((await loadImages(messages)).size, 0);
});

test("[P150] toSdkCall() sends images behind the text, and tells of those it does not have", () => {
  const request = { systemPrompt: "", messages: [showing("/a.png", "/b.png")], tools: [] };
  const images = new Map([["/a.png", PNG]]);
  const { prompt } = toSdkCall(request, chosenAt("http://127.0.0.1:1"), images);
  assert.deepEqual(prompt[0]?.content, [
    { type: "text", text: "look\n[Image, which you cannot see: dot.png, stored as /b.png]" },
    {
      type: "file",
      mediaType: "image/png",
      filename: "dot.png",
      data: { type: "data", data: PNG },
    },
  ]);
});
