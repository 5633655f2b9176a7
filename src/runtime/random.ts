import { randomBytes } from "node:crypto";

/** Chance, as the rest of the program sees it. Tests pass a seeded one. */
export interface Random {
  /** At least 0 and less than 1. Not for secrets. */
  float(): number;
  /** 26 characters `[a-z0-9]`, unguessable: the form of Mattermost's own ids. */
  id(): string;
}

const ID_ALPHABET = "abcdefghijklmnopqrstuvwxyz234567";
const ID_LENGTH = 26;

export const systemRandom: Random = {
  float: () => Math.random(),
  id: () => Array.from(randomBytes(ID_LENGTH), (byte) => ID_ALPHABET[byte & 31]).join(""),
};
