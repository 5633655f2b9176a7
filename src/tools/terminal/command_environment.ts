export interface EnvironmentRules {
  /** Variables that hold secrets of Hermes itself: they are never passed on. */
  readonly ownSecrets: ReadonlySet<string>;
  /** Texts that no variable may hold, whatever its name. */
  readonly secrets: readonly string[];
  /** Variables that the operator lets pass although their names look like secrets. */
  readonly passed: ReadonlySet<string>;
}

/** By the last part of a name, so that SSH_AUTH_SOCK and GIT_AUTHOR_NAME are none. */
const SECRET_NAME = new RegExp(
  "(?:^|_)(?:" +
    "[A-Z]*(?:KEY|KEYS|TOKEN|TOKENS|SECRET|SECRETS|PASSWORD|PASSWD|PASSPHRASE)|" +
    "PASS|AUTH|CREDENTIALS?|CREDS|COOKIES?|DSN|PAT|PIN|(?<=_)PWD|WEBHOOK(?:_URL)?" +
    ")(?:_(?:ID|B64|BASE64|JSON|\\d+))?$",
);
/** An address with a password in it. */
const PASSWORD_IN_URL = /:\/\/[^\s/@:]*:[^\s/@]+@/;
/** Words like `none`, as keys of local models are, say nothing about a variable that holds them. */
const SECRET_LENGTH_MIN = 7;

/** Without a person at a terminal: programs would wait for one, or draw for one. */
export const PLAIN_TERMINAL = {
  TERM: "dumb",
  PAGER: "cat",
  GIT_PAGER: "cat",
  GIT_TERMINAL_PROMPT: "0",
  GIT_EDITOR: "true",
  DEBIAN_FRONTEND: "noninteractive",
};

/**
 * The environment in which commands run: that of Hermes, without what is or looks like a secret,
 * since the model decides what is done with it.
 */
export function commandEnvironment(
  environment: Readonly<Record<string, string | undefined>>,
  rules: EnvironmentRules,
): Record<string, string> {
  const secrets = rules.secrets.filter((secret) => secret.length >= SECRET_LENGTH_MIN);
  const passes = (name: string, value: string) => {
    if (rules.ownSecrets.has(name)) return false;
    if (secrets.some((secret) => value.includes(secret))) return false;
    if (rules.passed.has(name)) return true;
    return !SECRET_NAME.test(name.toUpperCase()) && !PASSWORD_IN_URL.test(value);
  };
  const kept = Object.entries(environment).flatMap(([name, value]) =>
    value !== undefined && passes(name, value) ? [[name, value] as const] : []
  );
  return { ...Object.fromEntries(kept), ...PLAIN_TERMINAL };
}
