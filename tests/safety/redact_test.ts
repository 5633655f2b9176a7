import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { createRedactor, type Redact, withoutLastWord } from "../../src/safety/redact.ts";
import { assertLinearTime } from "../support/linear_time.ts";

const redact = redactorOf([]);

function redactorOf(secrets: readonly string[], hidesPatterns = true): Redact {
  return createRedactor({ secrets: () => secrets, hidesPatterns });
}

/** Put together here, so that no scanner takes this file for a leak. */
const glue = (...parts: readonly string[]) => parts.join("");
const X = "Zx9".repeat(15);
const HEX = "0123456789abcdef".repeat(3);

/** The owner of the secret, the text around it, and the secret. */
const SECRETS: readonly [what: string, text: (secret: string) => string, secret: string][] = [
  ["OpenAI", alone, glue("sk-", "proj-", X)],
  ["OpenRouter", alone, glue("sk-", "or-v1-", HEX)],
  ["Anthropic", alone, glue("sk-", "ant-api03-", X)],
  ["Stripe", alone, glue("sk_", "live_", X)],
  ["Stripe, restricted", alone, glue("rk_", "test_", X)],
  ["Stripe, webhook", alone, glue("whsec", "_", X)],
  ["GitHub, classic", alone, glue("ghp", "_", X)],
  ["GitHub, app", alone, glue("ghs", "_", X)],
  ["GitHub, fine-grained", alone, glue("github", "_pat_", X)],
  ["GitLab", alone, glue("glpat", "-", X)],
  ["Slack, bot", alone, glue("xoxb", "-123-456-", X)],
  ["Slack, app", alone, glue("xapp", "-1-", X)],
  ["Slack, webhook", (s) => `https://${s}`, glue("hooks.slack.com", "/services/T0/B0/", X)],
  ["Google, key", alone, glue("AIza", "Sy", X)],
  ["Google, token", alone, glue("ya29", ".", X)],
  ["Google, client", alone, glue("GOCSPX", "-", X)],
  ["Amazon", alone, glue("AKIA", "ABCDEFGHIJKLMNOP")],
  ["Amazon, temporary", alone, glue("ASIA", "ABCDEFGHIJKLMNOP")],
  ["Hugging Face", alone, glue("hf", "_", X)],
  ["Groq", alone, glue("gsk", "_", X)],
  ["Replicate", alone, glue("r8", "_", X)],
  ["NVIDIA", alone, glue("nvapi", "-", X)],
  ["xAI", alone, glue("xai", "-", X)],
  ["Perplexity", alone, glue("pplx", "-", X)],
  ["Tavily", alone, glue("tvly", "-dev-", X)],
  ["Firecrawl", alone, glue("fc", "-", HEX.slice(0, 32))],
  ["npm", alone, glue("npm", "_", X)],
  ["PyPI", alone, glue("pypi", "-", X)],
  ["Docker Hub", alone, glue("dckr", "_pat_", X)],
  ["DigitalOcean", alone, glue("dop", "_v1_", HEX)],
  ["SendGrid", alone, glue("SG", ".", X, ".", X)],
  ["Mailgun", alone, glue("key", "-", HEX.slice(0, 32))],
  ["Twilio", alone, glue("SK", HEX.slice(0, 32))],
  ["Shopify", alone, glue("shpat", "_", HEX.slice(0, 32))],
  ["Square", alone, glue("sq0atp", "-", X)],
  ["Atlassian", alone, glue("ATATT", "3", X)],
  ["Linear", alone, glue("lin", "_api_", X)],
  ["Notion", alone, glue("ntn", "_", X)],
  ["Figma", alone, glue("figd", "_", X)],
  ["Postman", alone, glue("PMAK", "-", HEX)],
  ["Sentry", alone, glue("sntrys", "_", X)],
  ["Doppler", alone, glue("dp", ".pt.", X)],
  ["Vault", alone, glue("hvs", ".", X)],
  ["Databricks", alone, glue("dapi", HEX.slice(0, 32))],
  ["age", alone, glue("AGE-SECRET", "-KEY-1", "Q".repeat(58))],
  ["Discord", alone, glue("MTA", X.slice(0, 21), ".Gabcde.", X)],
  ["Telegram", alone, glue("123456789", ":AA", X)],
  ["a web token", alone, glue("eyJhbGciOiJIUzI1NiJ9", ".eyJzdWIiOiIxIn0.", X)],
  ["a header", (s) => `Authorization: Bearer ${s}`, "abcdef0123456789"],
  ["a header in JSON", (s) => `{"authorization": "token ${s}"}`, "swordfish-of-old"],
  ["a header without a scheme", (s) => `Authorization: ${s}`, "swordfishes"],
  ["bearer alone", (s) => `bearer ${s}`, "J9_x1234567890"],
  ["basic alone", (s) => `Basic ${s}`, "dXNlcjp3b3Jk"],
  ["an address of a database", (s) => `postgres://app:${s}@db.example:5432/app`, "hunter2"],
  ["a password with an @", (s) => `mongodb+srv://app:${s}@db.example`, "hunt@er"],
  ["an address without a name", (s) => `redis://:${s}@cache.example:6379/0`, "hunter2"],
  ["a token in the place of a name", (s) => `https://${s}@git.example/a.git`, "abcdef0123456789"],
  ["a query", (s) => `https://x.example/api?access_token=${s}&page=2`, "abcdef0123"],
  ["a variable", (s) => `export DB_PASSWORD=${s}`, "hunter2"],
  ["a variable in quotation marks", (s) => `SMTP_PASSWORD="${s}"`, "correct horse battery"],
  ["a variable named KEY", (s) => `ENCRYPTION_KEY=${s}`, "abc123def456"],
  ["a secret of letters alone", (s) => `JWT_SECRET=${s}`, "swordfish"],
  ["JSON", (s) => `{"apiKey": "${s}", "id": 1}`, "abc123def456"],
  ["JSON within JSON", (s) => `"{\\"client_secret\\":\\"${s}\\"}"`, "abc123def456"],
  ["YAML", (s) => `db:\n  password: ${s}\n  user: app`, "hunter2"],
  ["YAML, letters alone", (s) => `password: ${s}`, "swordfish"],
  ["a connection string", (s) => `Server=db;User Id=app;Password=${s};`, "hunter2"],
  ["Python", (s) => `client = Client(api_key='${s}')`, "abc123def456"],
  ["an option", (s) => `mysql --password ${s} -e 'select 1'`, "hunter2x"],
  ["an option with =", (s) => `tool --api-key=${s}`, "abc123def456"],
  ["an option of curl", (s) => `curl -u admin:${s} https://x.example`, "hunter2"],
];

function alone(secret: string): string {
  return `The key is ${secret}, keep it.`;
}

for (const [what, around, secret] of SECRETS) {
  test(`[P103] createRedactor() hides the secret: ${what}`, () => {
    const hidden = redact(around(secret));
    const shown = secret.length < 18 ? "***" : `${secret.slice(0, 6)}...${secret.slice(-4)}`;
    assert.ok(!hidden.includes(secret), hidden);
    const expected = around(
      /^(postgres|mongodb|redis|https:\/\/abc)/.test(around(secret)) ? "***" : shown,
    );
    assert.equal(hidden, expected);
    assert.equal(redact(hidden), hidden, "twice is like once");
  });
}

test("[P103] createRedactor() hides private keys, also those that are cut off", () => {
  const key = glue(
    "-----BEGIN OPENSSH PRIVATE",
    " KEY-----\nb3Blbn\nc2gta2\n-----END OPENSSH PRIVATE KEY-----",
  );
  assert.equal(
    redact(`before\n${key}\nafter`),
    "before\n-----BEGIN OPENSSH PRIVATE KEY-----***-----END OPENSSH PRIVATE KEY-----\nafter",
  );
  assert.doesNotMatch(redact(key.slice(0, 50)), /b3Blbn/);
});

/** What must be left alone. */
const ORDINARY = [
  "commit 3a5ce56a0c1f7d2b9e4f6a8c0d1e2f3a4b5c6d7e by alice",
  "id 550e8400-e29b-41d4-a716-446655440000",
  "post c4ku84oaapfztp7r8gdquf1tph in channel 5ezq7f4w3bnpjkhx1m8dcuo9ty",
  "![logo](data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==)",
  "sha256:9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
  "const token = getToken();",
  "const apiKey = process.env.API_KEY;",
  'api_key = os.environ["API_KEY"]',
  "password = getpass.getpass()",
  "if (password === confirmPassword) return;",
  "interface Login { user: string; password: string }",
  "password: str | None = None",
  "def login(user, password=None):",
  "token: Token | undefined",
  "max_tokens: 4096, total_tokens: 128000",
  "MAX_TOKENS=4096",
  "API_KEY=${API_KEY}",
  "API_KEY=$(cat key.txt)",
  "TOKEN=<your token>",
  "password: your-password-here",
  "export PWD=/home/alice/project",
  "PRIMARY_KEY=id",
  '"key": "value", "keyboard": "qwerty1"',
  'type="password" name="password"',
  "secret => secret.length",
  "The password is incorrect.",
  "Please reset your password: optional",
  "Basic authentication and bearer instruments",
  "git clone ssh://git@github.com/owner/name.git",
  "https://chat.example:8065/team/pl/c4ku84oaapfztp7r8gdquf1tph?page=2",
  "mail alice@example.com about http://x.example/@alice",
  "docker run -u 1000:1000 image",
  "a-very-long-hyphenated-name-of-a-thing and task-list, disk-space, risk-adjusted-return",
  "claude-haiku-4-5-20251001 is not available",
  "12:30:45 and 2026-01-31T12:31:05.000Z",
  "monkey: banana12",
  "compass: north-by-northwest",
  "public_key: ssh-ed25519",
  "next_page_token=abc123def",
  "-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----",
];

test("[P103] createRedactor() leaves ordinary text alone", () => {
  for (const text of ORDINARY) assert.equal(redact(text), text);
});

test("[C39] createRedactor() hides its own secrets wholly, wherever they stand, also with patterns off", () => {
  const seed = Date.now() & 0x7fffffff;
  console.log(`seed ${seed}`);
  const secret = fc.string({ minLength: 7, maxLength: 30 });
  fc.assert(
    fc.property(secret, fc.string(), fc.string(), (token, before, after) => {
      const text = `${before}${token}${after}`;
      assert.equal(redactorOf([token], false)(text), text.replaceAll(token, "***"));
    }),
    { seed },
  );
});

test("[C39] createRedactor() asks for its secrets each time, and finds them encoded and nested", () => {
  const secrets: string[] = [];
  const own = createRedactor({ secrets: () => secrets, hidesPatterns: true });
  assert.equal(own("a secret/one"), "a secret/one");
  secrets.push("secret/one", "secret/one-and-more", "none", "");
  assert.equal(own("x=secret%2Fone secret/one-and-more none"), "x=*** *** none");
});

test("[P103] createRedactor() takes no more than linear time", () => {
  const words = ["a", "sk-", 'token:"', "token", "key=", "bearer ", " --token", "token "];
  const addresses = ["://", `://${"a".repeat(250)}`];
  const others = ["eyJaaaaaaaaaaaa.", "-----BEGIN PRIVATE KEY-----"];
  assertLinearTime([...words, ...addresses, ...others], redact);
});

test("[P103] withoutLastWord() never shows a part of a secret, wherever a growing text is cut", () => {
  const whole = SECRETS.map(([, around, secret]) => `${around(secret)}\n`).join("");
  const shown = redact(whole);
  for (let length = 0; length <= whole.length; length++) {
    const growing = redact(withoutLastWord(whole.slice(0, length))).replace(/\*\*\*$/, "");
    assert.ok(shown.startsWith(growing), JSON.stringify(growing.slice(-80)));
  }
});

test("withoutLastWord() lets text without spaces grow", () => {
  assert.equal(withoutLastWord("Das ist ein Satz"), "Das ist ein ");
  assert.equal(withoutLastWord("你好世界"), "你好世界");
  assert.equal(withoutLastWord("你好sk-abc"), "你好");
});
