import { looksRandom, MASK, maskSecret } from "./mask_secret.ts";
import { hideFields } from "./secret_fields.ts";
import { SECRET_TOKENS } from "./secret_tokens.ts";

/** Gives a text without its secrets. */
export type Redact = (text: string) => string;

export interface RedactOptions {
  /** Secrets of this process, whatever they look like. Asked each time, since keys are read late. */
  readonly secrets: () => readonly string[];
  /** Whether to hide as well what only looks like a secret. */
  readonly hidesPatterns: boolean;
}

/**
 * Hides the secrets of this process wholly, and other people's but for as much as tells them apart.
 * Takes time in proportion to the text, and leaves its own result as it is.
 */
export function createRedactor({ secrets, hidesPatterns }: RedactOptions): Redact {
  return (text) => {
    const withoutKnown = hideKnown(text, secrets());
    return hidesPatterns ? hidePatterns(withoutKnown) : withoutKnown;
  };
}

/**
 * The part of a growing text that may be shown: without its last word, which may be the beginning of
 * a secret. Letters beyond ASCII are in no secret, so text that has no spaces grows too.
 */
export function withoutLastWord(text: string): string {
  return text.slice(0, text.length - (text.match(/(?<![!-~])[!-~]+$/)?.[0].length ?? 0));
}

/** Keys of local models are words like `none` and `ollama`, which would tear holes into every text. */
const KNOWN_SECRET_LENGTH_MIN = 7;

function hideKnown(text: string, secrets: readonly string[]): string {
  const known = secrets.filter((secret) => secret.length >= KNOWN_SECRET_LENGTH_MIN)
    .flatMap((secret) => [secret, encodeURIComponent(secret.toWellFormed())])
    .toSorted((a, b) => b.length - a.length); // A secret may be the beginning of another.
  return known.reduce((rest, secret) => rest.replaceAll(secret, MASK), text);
}

/** A private key, also one that is cut off. */
const PRIVATE_KEY =
  /-----BEGIN ([A-Z0-9 ]{0,40}PRIVATE KEY(?: BLOCK)?)-----[\s\S]*?(?:-----END \1-----|$)/g;
/** The part before `@` in an address: a name and a password, or a token in the place of the name. */
const URL_CREDENTIALS = /:\/\/([^\s/@:?#"'<>]{0,256})(?::([^\s/?#"'<>]{1,512}))?@/g;
const AUTHORIZATION = /\b((?:Bearer|Basic)(?:\s|%20){1,4})([\w.~+/%=-]{12,})/gi;
const AUTHORIZATION_HEADER =
  /(\bauthorization["']?\s{0,4}[:=]\s{0,4}["']?(?:(?:bearer|basic|token|digest|negotiate)\s{1,4})?)(?!(?:bearer|basic|token|digest|negotiate)\b)([^\s"',;*$<{]{6,})/gi;
/** `curl -u name:password`. */
const USER_OPTION = /(\s(?:-u|--user|--proxy-user)[\s=]["']?)([^\s:"']{1,100}):([^\s"']{3,})/g;

function hidePatterns(text: string): string {
  const shorter = text
    .replace(PRIVATE_KEY, (_, name) => `-----BEGIN ${name}-----${MASK}-----END ${name}-----`)
    .replace(URL_CREDENTIALS, hideCredentials)
    .replace(SECRET_TOKENS, maskSecret)
    .replace(AUTHORIZATION_HEADER, (_, name: string, value: string) => name + maskSecret(value))
    .replace(
      AUTHORIZATION,
      (all, scheme: string, token: string) => looksRandom(token) ? scheme + maskSecret(token) : all,
    )
    .replace(
      USER_OPTION,
      (all, option: string, user: string, password: string) =>
        /^\d+$/.test(user) ? all : `${option}${user}:${maskSecret(password)}`,
    );
  return hideFields(shorter);
}

function hideCredentials(all: string, user: string, password: string | undefined): string {
  if (password !== undefined) return `://${user}:${MASK}@`;
  return user.length >= 16 && looksRandom(user) ? `://${MASK}@` : all;
}
