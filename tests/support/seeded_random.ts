import type { Random } from "../../src/runtime/random.ts";

/** Repeatable chance: the same seed gives the same numbers and ids. */
export function seededRandom(seed: number): Random {
  let state = seed | 0;
  const float = () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
  const alphabet = "abcdefghijklmnopqrstuvwxyz234567";
  const id = () => Array.from({ length: 26 }, () => alphabet[Math.floor(float() * 32)]).join("");
  return { float, id };
}
