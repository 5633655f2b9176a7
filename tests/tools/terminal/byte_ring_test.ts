import assert from "node:assert/strict";
import { test } from "node:test";
import { ByteRing } from "../../../src/tools/terminal/byte_ring.ts";
import { seededRandom } from "../../support/seeded_random.ts";

test("ByteRing keeps the newest bytes in order, whatever the sizes of the pieces", () => {
  const seed = Math.floor(Math.random() * 2 ** 31);
  const random = seededRandom(seed);
  for (let round = 0; round < 200; round++) {
    const bytesMax = 1 + Math.floor(random.float() * 20);
    const ring = new ByteRing(bytesMax);
    const all: number[] = [];
    for (let piece = 0; piece < 10; piece++) {
      const size = Math.floor(random.float() * 3 * bytesMax * random.float());
      const chunk = Array.from({ length: size }, () => Math.floor(random.float() * 256));
      all.push(...chunk);
      ring.add(Uint8Array.from(chunk));
      assert.deepEqual([...ring.bytes()], all.slice(-bytesMax), `seed ${seed}`);
      assert.equal(ring.totalBytes, all.length, `seed ${seed}`);
    }
  }
});
