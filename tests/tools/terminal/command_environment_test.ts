import assert from "node:assert/strict";
import { test } from "node:test";
import { commandEnvironment } from "../../../src/tools/terminal/command_environment.ts";

const RULES = {
  ownSecrets: new Set(["MATTERMOST_TOKEN", "CORP_LLM"]),
  secrets: ["known-secret-value", "none"],
  passed: new Set(["GITHUB_TOKEN", "MATTERMOST_TOKEN"]),
};

test("[P128] commandEnvironment() keeps back what is a secret, by name and by value", () => {
  const names = [
    ...[
      "MATTERMOST_TOKEN",
      "CORP_LLM",
      "OPENAI_API_KEY",
      "ANTHROPIC_API_KEY",
      "HF_TOKEN",
      "APIKEY",
    ],
    ...[
      "AWS_SECRET_ACCESS_KEY",
      "AWS_ACCESS_KEY_ID",
      "AWS_SESSION_TOKEN",
      "DB_PASSWORD",
      "PGPASSWORD",
    ],
    ...[
      "MYSQL_PWD",
      "CLIENT_SECRET",
      "SENTRY_DSN",
      "SLACK_WEBHOOK_URL",
      "npm_config__auth",
      "GH_PAT",
    ],
    ...[
      "GOOGLE_CREDENTIALS",
      "SSH_PASSPHRASE",
      "SESSION_COOKIE",
      "STRIPE_KEY_1",
      "JWT_SECRET_BASE64",
    ],
  ];
  const given = Object.fromEntries(names.map((name) => [name, "value"]));
  const kept = commandEnvironment(given, RULES);
  assert.deepEqual(names.filter((name) => name in kept), []);

  const byValue = commandEnvironment({
    HARMLESS: "known-secret-value",
    WITHIN: "--header=known-secret-value;",
    DATABASE_URL: "postgres://app:pa55word@db/app",
    GITHUB_TOKEN: "known-secret-value",
  }, RULES);
  assert.deepEqual(Object.values(byValue).filter((value) => /known|pa55/.test(value)), []);
});

test("commandEnvironment() passes on what programs need", () => {
  const given = {
    PATH: "/usr/bin:/bin",
    HOME: "/home/hermes",
    LANG: "C.UTF-8",
    PWD: "/srv",
    OLDPWD: "/",
    SSH_AUTH_SOCK: "/run/agent.sock",
    GIT_AUTHOR_NAME: "Hermes",
    KEYBOARD: "de",
    TOKENIZERS_PARALLELISM: "false",
    HTTPS_PROXY: "http://proxy.example.com:3128",
    API_MODE: "none",
    GITHUB_TOKEN: "let through by the operator",
  };
  const kept = commandEnvironment({ ...given, UNSET: undefined }, RULES);
  for (const [name, value] of Object.entries(given)) assert.equal(kept[name], value, name);
  assert.equal("UNSET" in kept, false);
  assert.equal(kept.TERM, "dumb");
});
