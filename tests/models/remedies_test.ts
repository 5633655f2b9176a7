import assert from "node:assert/strict";
import { test } from "node:test";
import { ModelError, type ModelErrorKind } from "../../src/models/errors.ts";
import { nextRemedy, REMEDIES, type Remedy } from "../../src/models/remedies.ts";

const everything = () => true;

test("[P115] nextRemedy() gives the best remedy that is left, and none when all is tried", () => {
  const tried = new Set<Remedy>();
  const course: (Remedy | undefined)[] = [];
  for (let count = 0; count < 3; count++) {
    const remedy = nextRemedy("rate_limit", (each) => !tried.has(each));
    course.push(remedy);
    if (remedy !== undefined) tried.add(remedy);
  }
  assert.deepEqual(course, ["retry", "fall_back", undefined]);
});

test("[P115] nextRemedy() meets each kind of failure with what helps against it", () => {
  const first = (kind: ModelErrorKind) => nextRemedy(kind, everything);
  assert.equal(first("context_overflow"), "compact");
  assert.equal(first("output_limit"), "shorten_output");
  assert.equal(first("billing"), "shorten_output");
  assert.equal(first("images_refused"), "strip_images");
  assert.equal(first("reasoning_refused"), "strip_reasoning");
  assert.equal(first("auth"), "fall_back");
  assert.equal(first("total_timeout"), undefined);
});

test("[P115] a failure is retried when the table says so, and only then", () => {
  for (const [kind, remedies] of Object.entries(REMEDIES)) {
    const failure = new ModelError(kind as ModelErrorKind, "it failed", { hint: "Wait." });
    assert.equal(failure.isRetryable, remedies.includes("retry"), kind);
  }
});
