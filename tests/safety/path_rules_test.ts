import assert from "node:assert/strict";
import { test } from "node:test";
import { judgeRead, judgeWrite } from "../../src/safety/path_rules.ts";

const places = { userHome: "/home/alice", hermesHome: "/home/alice/.hermes" };

/** What may not be read, and so not be written either. */
const UNREADABLE: Readonly<Record<string, readonly string[]>> = {
  system: [
    "/proc/self/environ",
    "/proc/1/environ",
    "/proc/self/mem",
    "/proc",
    "/sys/kernel/notes",
    "/dev/zero",
    "/dev/sda",
    "/dev/stdin",
    "/PROC/self/environ",
  ],
  secret: [
    "/home/alice/.ssh",
    "/home/alice/.ssh/config",
    "/home/alice/.ssh/id_rsa",
    "/home/alice/project/deploy/.ssh/known_hosts",
    "/home/alice/.SSH/id_rsa",
    "/home/alice/.aws/credentials",
    "/home/alice/.gnupg/private-keys-v1.d/x",
    "/home/alice/.kube/config",
    "/home/alice/.docker/config.json",
    "/home/alice/.azure/accessTokens.json",
    "/home/alice/.config/gcloud/credentials.db",
    "/home/alice/.config/gh/hosts.yml",
    "/home/alice/.config/rclone/rclone.conf",
    "/home/alice/.password-store/mail.gpg",
    "/home/alice/.mozilla/firefox/x/logins.json",
    "/home/alice/.config/google-chrome/Default/Cookies",
    "/home/alice/Library/Keychains/login.keychain-db",
    "/home/alice/.netrc",
    "/home/alice/_netrc",
    "/home/alice/.npmrc",
    "/home/alice/.pypirc",
    "/home/alice/.pgpass",
    "/home/alice/.my.cnf",
    "/home/alice/.git-credentials",
    "/home/alice/.vault-token",
    "/home/alice/.bash_history",
    "/home/alice/.psql_history",
    "/home/alice/project/.env",
    "/home/alice/project/.ENV",
    "/home/alice/project/.env.production",
    "/home/alice/project/.env.local",
    "/home/alice/project/production.env",
    "/home/alice/project/.envrc",
    "/home/alice/project/server.key",
    "/home/alice/project/server.pem",
    "/home/alice/project/store.p12",
    "/home/alice/project/app.keystore",
    "/home/alice/project/vault.kdbx",
    "/home/alice/project/id_ed25519",
    "/home/alice/project/id_rsa.pub",
    "/home/alice/project/token",
    "/home/alice/project/secrets.yaml",
    "/home/alice/project/credentials.json",
    "/home/alice/project/auth.json",
    "/home/alice/project/client_secret_1.apps.json",
    "/home/alice/project/service-account-prod.json",
    "/home/bob/.ssh/id_rsa",
    "/root/.ssh/authorized_keys",
    "/etc/shadow",
    "/etc/gshadow-",
    "/etc/sudoers",
    "/etc/sudoers.d/alice",
    "/etc/ssh/ssh_host_ed25519_key",
    "/etc/ssl/private/a",
    "/etc/letsencrypt/live/a/fullchain",
    "/etc/wireguard/wg0.conf",
    "/run/secrets/db_password",
    "/var/run/docker.sock",
    "/home/alice/.hermes/workspace/.env",
  ],
  hermes: [
    "/home/alice/.hermes",
    "/home/alice/.hermes/config.yaml",
    "/home/alice/.hermes/SOUL.md",
    "/home/alice/.hermes/sessions/a.jsonl",
    "/home/alice/.hermes/state/ledger.jsonl",
    "/home/alice/.hermes/logs/gateway.log",
    "/home/alice/.hermes/cron/jobs.json",
    "/home/alice/.hermes/workspace.old/a",
    "/home/alice/.HERMES/config.yaml",
  ],
};

test("[P101] judgeRead() and judgeWrite() refuse secrets, devices and Hermes' own files", () => {
  for (const [why, paths] of Object.entries(UNREADABLE)) {
    for (const path of paths) {
      const reading = judgeRead(path, places);
      assert.equal(reading.kind === "refused" && reading.why, why, `reading ${path}`);
      assert.equal(judgeWrite(path, places).kind, "refused", `writing ${path}`);
    }
  }
});

test("judgeRead() lets everything else be read", () => {
  for (
    const path of [
      "/",
      "/etc/hosts",
      "/etc/nginx/nginx.conf",
      "/var/log/syslog",
      "/home/alice/project/src/app.ts",
      "/home/alice/project/.env.example",
      "/home/alice/project/.env.sample",
      "/home/alice/project/.git/config",
      "/home/alice/project/token.ts",
      "/home/alice/project/design-tokens.json",
      "/home/alice/project/keys.md",
      "/home/alice/project/environment.ts",
      "/home/alice/.bashrc",
      "/home/alice/.hermes/workspace",
      "/home/alice/.hermes/workspace/notes.md",
      "/home/alice/.hermes/skills/a/b/SKILL.md",
      "/home/alice/.hermes/memories/MEMORY.md",
      "/home/alice/.hermes/cron/output/job/1.md",
      "/home/alice/.hermes/cache/result.txt",
      "/tmp/x",
    ]
  ) assert.deepEqual(judgeRead(path, places), { kind: "allowed" }, path);
});

/** What may be read and not be written. */
const UNWRITABLE: Readonly<Record<string, readonly string[]>> = {
  system: [
    "/etc/hosts",
    "/ETC/hosts",
    "/etc/systemd/system/a.service",
    "/boot/grub/grub.cfg",
    "/bin/ls",
    "/usr/bin/ls",
    "/usr/lib/a.so",
    "/lib/systemd/system/a.service",
    "/var/spool/cron/alice",
    "/private/etc/hosts",
    "/System/Library/a",
    "/Library/LaunchDaemons/a.plist",
  ],
  startup: [
    "/home/alice/.bashrc",
    "/home/alice/.zshrc",
    "/home/alice/.profile",
    "/home/alice/.gitconfig",
    "/home/alice/.config/systemd/user/a.service",
    "/home/alice/.config/autostart/a.desktop",
    "/home/alice/.config/fish/config.fish",
    "/home/alice/Library/LaunchAgents/a.plist",
    "/home/alice/project/.git/hooks/pre-commit",
    "/home/alice/project/.git/config",
  ],
  hermes: [
    "/home/alice/.hermes/skills/a/b/SKILL.md",
    "/home/alice/.hermes/memories/MEMORY.md",
    "/home/alice/.hermes/cron/output/job/1.md",
  ],
};

test("[P101] judgeWrite() keeps the system, what starts by itself, and Hermes as they are", () => {
  for (const [why, paths] of Object.entries(UNWRITABLE)) {
    for (const path of paths) {
      assert.deepEqual(judgeRead(path, places), { kind: "allowed" }, `reading ${path}`);
      const writing = judgeWrite(path, places);
      assert.equal(writing.kind === "refused" && writing.why, why, `writing ${path}`);
    }
  }
});

test("judgeWrite() lets work be done", () => {
  for (
    const path of [
      "/home/alice/project/src/app.ts",
      "/home/alice/project/.gitignore",
      "/home/alice/project/.env.example",
      "/home/alice/project/.bashrc",
      "/home/alice/.hermes/workspace/notes.md",
      "/home/alice/.hermes/cache/a",
      "/opt/app/a",
      "/srv/www/index.html",
      "/usr/local/bin/tool",
      "/var/www/index.html",
      "/tmp/x",
      "/dev/null",
    ]
  ) assert.deepEqual(judgeWrite(path, places), { kind: "allowed" }, path);
});

test("[P101] judgeWrite() keeps to the folder that the settings name", () => {
  const bounded = { ...places, writeRoot: "/home/alice/project" };
  assert.equal(judgeWrite("/home/alice/project/a", bounded).kind, "allowed");
  for (
    const path of ["/home/alice/a", "/home/alice/project2/a", "/home/alice/.hermes/workspace/a"]
  ) {
    const verdict = judgeWrite(path, bounded);
    assert.equal(verdict.kind === "refused" && verdict.why, "outside_write_root", path);
  }
});
