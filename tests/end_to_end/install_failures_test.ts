import assert from "node:assert/strict";
import { chmod, mkdir, readdir } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import { tarGz } from "../../scripts/tar_archive.ts";
import {
  INSTALL_SCRIPT,
  InstallLab,
  type InstallOptions,
  noTools,
} from "../support/install_lab.ts";
import { noPlainUser } from "../support/nobody.ts";
import { programOf } from "../support/release_server.ts";

const SUMS = "/latest/download/SHA256SUMS";
/** What these tests install on, whatever runs them. */
const ARCHIVE = "/download/v1.0.0/hermes-1.0.0-linux-x64.tar.gz";

interface Failure {
  readonly title: string;
  /** Makes the next run fail. */
  readonly arrange: (lab: InstallLab) => void | Promise<unknown>;
  readonly options?: InstallOptions;
  /** The whole of what it says, without the place of the server and the home. */
  readonly says: RegExp;
  /** 1 when it is not there. */
  readonly exitCode?: number;
}

const FAILURES: readonly Failure[] = [
  {
    title: "a checksum that is another",
    arrange: ({ releases }) => releases.damage("1.0.0"),
    says:
      /^Cannot use hermes-1\.0\.0-linux-x64\.tar\.gz: it is damaged, its SHA-256 is not [0-9a-f]{64}\.\n {2}Try it again\.\n$/,
  },
  {
    title: "an archive that is cut short on the way",
    arrange: ({ releases }) => releases.fail(ARCHIVE, { kind: "cut" }),
    says: /^Cannot (download|use) \S+linux-x64\.tar\.gz: .+\.\n {2}Try it again\.\n$/,
  },
  {
    title: "an archive that was cut short before",
    arrange: ({ releases }) => {
      const archive = tarGz([{ name: "hermes", mode: 0o755, bytes: Buffer.alloc(99_999) }], 0);
      releases.publishArchive("1.0.1", archive.subarray(0, 50_000));
    },
    says:
      /^Cannot unpack hermes-1\.0\.1-linux-x64\.tar\.gz: .+\.\n {2}Check that the disk is not full\.\n$/,
  },
  {
    title: "an archive without a program",
    arrange: ({ releases }) => {
      const entry = { name: "README.md", mode: 0o644, bytes: Buffer.alloc(9) };
      releases.publishArchive("1.0.1", tarGz([entry]));
    },
    says: /^Cannot unpack hermes-1\.0\.1-linux-x64\.tar\.gz: .+\.\n/,
  },
  {
    title: "a server without releases",
    arrange: ({ releases }) => releases.fail(SUMS, { kind: "status", status: 404 }),
    says:
      /^Cannot download \S+\/latest\/download\/SHA256SUMS: .*404.*\.\n {2}Check the address, the version and the network\.\n$/,
  },
  {
    title: "a version that is none",
    arrange: () => {},
    options: { args: ["--version", "7.7.7"] },
    says: /^Cannot download \S+\/download\/v7\.7\.7\/SHA256SUMS: .*404.*\.\n/,
  },
  {
    title: "an archive that is not there",
    arrange: ({ releases }) => releases.fail(ARCHIVE, { kind: "status", status: 404 }),
    says:
      /^Cannot download \S+\/hermes-1\.0\.0-linux-x64\.tar\.gz: .*404.*\.\n {2}Try it again\.\n$/,
  },
  {
    title: "a server that fails",
    arrange: ({ releases }) => releases.fail(SUMS, { kind: "status", status: 503 }),
    says: /^Cannot download \S+: .*503.*\.\n/,
  },
  {
    title: "a page in the place of the sums",
    arrange: ({ releases }) => releases.put(SUMS, "<html>\n<body>Please sign in</body>\n"),
    says:
      /^Cannot find hermes for linux-x64 in \S+SHA256SUMS\.\n {2}Try another version with --version\.\n$/,
  },
  {
    title: "a version that is not for this platform",
    arrange: ({ releases }) => releases.publish("1.1.0", programOf("1.1.0"), ["linux-x64-musl"]),
    says: /^Cannot find hermes for linux-x64 in \S+\.\n/,
  },
  {
    title: "no server at all",
    arrange: () => {},
    options: { env: { HERMES_INSTALL_URL: "http://127.0.0.1:9" } },
    says: /^Cannot download http:\/\/127\.0\.0\.1:9\/\S+: .*(refused|connect).*\.\n/i,
  },
  {
    title: "a program that says another version",
    arrange: ({ releases }) => releases.publish("1.1.0", programOf("1.2.0")),
    says:
      /^Cannot use hermes-1\.1\.0-linux-x64\.tar\.gz: the program in it says that it is version '1\.2\.0'\.\n/,
  },
  {
    title: "a program that lacks a library",
    arrange: ({ releases }) => {
      const line = "Error loading shared library libstdc++.so.6: No such file or directory";
      releases.publish("1.1.0", `#!/bin/sh\necho '${line}' >&2; echo more >&2; exit 127\n`);
    },
    says:
      /^Cannot use hermes 1\.1\.0: it does not start here \(Error loading shared library libstdc\+\+\.so\.6: No such file or directory\)\.\n {2}Install the library libstdc\+\+ first\.\n$/,
  },
  {
    title: "a program that lacks a library on Alpine",
    arrange: async (lab) => {
      await lab.fake("apk", "exit 0");
      lab.releases.publish("1.1.0", "#!/bin/sh\necho libstdc++.so.6 >&2; exit 127\n");
    },
    says: /\n {2}Install what it needs first: apk add libstdc\+\+\n$/,
  },
  {
    title: "a program of another kind of machine",
    arrange: ({ releases }) => releases.publish("1.1.0", Buffer.from([0x7f, 0x45, 0x4c, 0x46, 0])),
    says: /^Cannot use hermes 1\.1\.0: it does not start here \(.+\)\.\n {2}Choose another version/,
  },
  {
    title: "a processor that there is no hermes for",
    arrange: (lab) => lab.fake("uname", `[ "$1" = -s ] && echo Linux || echo riscv64`),
    says: /^Cannot install on riscv64: there is hermes for processors of x64 and arm64 only\.\n/,
  },
  {
    title: "a system that there is no hermes for",
    arrange: (lab) => lab.fake("uname", `[ "$1" = -s ] && echo FreeBSD || echo amd64`),
    says: /^Cannot install on FreeBSD: there is hermes for Linux and macOS only\.\n/,
  },
  {
    title: "nothing to download with",
    arrange: (lab) => lab.takeAway("curl", "wget"),
    says: /^Cannot download: there is neither curl nor wget\.\n {2}Install one of them\.\n$/,
  },
  {
    title: "nothing to verify with",
    arrange: (lab) => lab.takeAway("sha256sum"),
    says: /^Cannot verify a download: there is neither sha256sum nor shasum nor openssl\.\n/,
  },
  {
    title: "no tar",
    arrange: (lab) => lab.takeAway("tar"),
    says: /^Cannot unpack a download: there is no tar\.\n {2}Install it\.\n$/,
  },
  {
    title: "a folder in the place of the program",
    arrange: (lab) => mkdir(join(lab.home, "taken", "hermes"), { recursive: true }),
    options: { args: ["--to", "taken"] },
    says: /^Cannot install to \S+taken: hermes is a folder there\.\n/,
  },
  {
    title: "a file in the place of the folder",
    arrange: () => {},
    options: { args: ["--to", ".local/bin/hermes/bin"] },
    says:
      /^Cannot write to \S+: .*(Not a directory|File exists)\.\n {2}Choose a folder of your own with --to\.\n$/,
  },
  {
    title: "no home and no folder",
    arrange: () => {},
    options: { env: { HOME: "" } },
    says: /^Cannot tell where to install: HOME is not set\.\n {2}Name a folder with --to\.\n$/,
  },
  {
    title: "no address",
    arrange: () => {},
    options: { env: { HERMES_INSTALL_URL: "" } },
    says:
      /^Cannot tell where to download from\.\n {2}Set HERMES_INSTALL_URL to the address of the releases\.\n$/,
  },
  {
    title: "an address that is none",
    arrange: () => {},
    options: { env: { HERMES_INSTALL_URL: "example.com" } },
    says: /^Cannot download from 'example\.com': it does not begin with https:\/\/\.\n/,
  },
  {
    title: "an unknown option",
    arrange: () => {},
    options: { args: ["--into", "x"] },
    says: /^There is no option '--into'\.\n {2}Run it with --help to see what there is\.\n$/,
    exitCode: 2,
  },
  {
    title: "an option without its value",
    arrange: () => {},
    options: { args: ["--to"] },
    says: /^--to needs a value\.\n/,
    exitCode: 2,
  },
  {
    title: "a version that leads elsewhere",
    arrange: () => {},
    options: { args: ["--version", "../../x"] },
    says: /^'\.\.\/\.\.\/x' is not a version\.\n/,
    exitCode: 2,
  },
];

for (const tools of ["this machine", "busybox"] as const) {
  for (const { title, arrange, options, says, exitCode = 1 } of FAILURES) {
    const skip = noTools(tools);
    test(
      `[P76] install.sh refuses ${title}, and changes nothing, with ${tools}`,
      { skip },
      async () => {
        await using lab = await openLinux(tools);
        await lab.putOld("old");
        lab.releases.publish("1.0.0", programOf("1.0.0"));
        await arrange(lab);
        const before = await lab.snapshot();
        const run = await lab.run(options);
        assert.match(run.stderr, says);
        assert.deepEqual([run.exitCode, run.stdout], [exitCode, ""]);
        assert.deepEqual(await lab.snapshot(), before);
      },
    );
  }
}

/** The same on every machine that runs the tests. */
async function openLinux(tools: "this machine" | "busybox"): Promise<InstallLab> {
  const lab = await InstallLab.open(tools);
  await lab.fake("uname", `[ "$1" = -s ] && echo Linux || echo x86_64`);
  await lab.fake("ldd", "echo GNU libc");
  return lab;
}

test("[P76] install.sh makes no folders when it fails", async () => {
  await using lab = await openLinux("this machine");
  lab.releases.publish("1.0.0", programOf("1.0.0"));
  lab.releases.damage("1.0.0");
  assert.equal((await lab.run()).exitCode, 1);
  assert.deepEqual(await readdir(lab.home), []);
});

test("[P76] install.sh without the right to write says so, and changes nothing", {
  skip: noPlainUser,
}, async () => {
  await using lab = await openLinux("this machine");
  lab.releases.publish("1.0.0", programOf("1.0.0"));
  await lab.putOld("old");
  await chmod(lab.target, 0o555);
  const before = await lab.snapshot();
  const { exitCode, stderr } = await lab.run({ asNobody: true });
  assert.equal(exitCode, 1);
  assert.match(
    stderr,
    /^Cannot write to \S+: Permission denied\.\n {2}Choose a folder of your own with --to\.\n$/,
  );
  assert.deepEqual(await lab.snapshot(), before);
});

test("[P76] install.sh that is interrupted leaves nothing behind", async () => {
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
    await using lab = await openLinux("this machine");
    lab.releases.publish("1.0.0", programOf("1.0.0"));
    lab.releases.fail(ARCHIVE, { kind: "stuck" });
    await lab.putOld("old");
    const before = await lab.snapshot();
    const run = lab.start();
    await lab.releases.asked(ARCHIVE);
    run.signal(signal);
    assert.notDeepEqual(await run.ended, [0, null]);
    assert.deepEqual(await lab.snapshot(), before);
  }
});

for (const tools of ["this machine", "busybox"] as const) {
  test(`[P78] install.sh that is cut short anywhere does nothing, with ${tools}`, {
    skip: noTools(tools),
  }, async () => {
    await using lab = await openLinux(tools);
    lab.releases.publish("1.0.0", programOf("1.0.0"));
    const end = INSTALL_SCRIPT.trimEnd().length;
    const lines = [...INSTALL_SCRIPT.matchAll(/\n/g)].map((match) => match.index);
    const cuts = [...lines.filter((_, index) => index % 10 === 0), ...lines.slice(-3, -1)];
    for (let cut = end - 40; cut < end; cut++) cuts.push(cut);
    for (const cut of cuts) {
      await lab.run({}, INSTALL_SCRIPT.slice(0, cut));
      assert.deepEqual(
        lab.releases.requests,
        [],
        `cut behind "${INSTALL_SCRIPT.slice(cut - 20, cut)}"`,
      );
    }
    assert.deepEqual(await readdir(lab.home), []);
  });
}
