import assert from "node:assert/strict";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import { deliverFiles } from "../../src/replies/deliver_files.ts";
import { tempDir } from "../support/temp_dir.ts";
import { ReplyLab } from "./support.ts";

test("[C34] [S11] deliverFiles() posts ten files at a time, and tells of each that is not there", async () => {
  await using replies = await ReplyLab.start();
  await using dir = await tempDir();
  const paths = Array.from({ length: 12 }, (_, index) => join(dir.path, `file-${index}.txt`));
  for (const path of paths.slice(0, -1)) await writeFile(path, "x");
  await writeFile(paths[11] ?? "", "");
  replies.lab.sandbox.faults.fileIdsDropped = 1;
  const { postIds, problems } = await deliverFiles(
    {
      paths: [...paths, join(dir.path, "missing.txt")],
      target: replies.part().target,
      answerTo: replies.question.id,
      existing: new Map(),
    },
    {
      ...replies.deps(),
      fileBytesMax: 1_000,
      allowFile: (path) => Promise.resolve({ kind: "allowed", realPath: path }),
    },
    replies.never,
  );
  const answers = replies.answers();
  assert.deepEqual(postIds, answers.map(({ id }) => id));
  assert.deepEqual(
    answers.map((post) => post.file_ids?.length ?? 0),
    [9, 0],
    "each lost one on the way",
  );
  const told = problems.map((problem) => problem.replace(/"file-\d\.txt"/, "one of them")).sort();
  assert.deepEqual(told.map((problem) => problem.replace(/: .*/, "")), [
    'I could not send "file-11.txt"',
    'I could not send "missing.txt"',
    'The server did not take "file-10.txt".',
    "The server did not take one of them.",
  ]);
});
