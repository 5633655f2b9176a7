import assert from "node:assert/strict";
import { readdir, readFile, readlink, stat, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import { gunzipSync, gzipSync } from "node:zlib";
import { tarGz } from "../../../scripts/tar_archive.ts";
import {
  findRelease,
  installRelease,
  type ReleaseDeps,
  rollBack,
} from "../../../src/cli/update/install_release.ts";
import type { Progress } from "../../../src/cli/update/download.ts";
import { HermesError } from "../../../src/errors.ts";
import { trustedCertificates } from "../../../src/runtime/certificates.ts";
import { systemClock } from "../../../src/runtime/clock.ts";
import { createNetwork } from "../../../src/runtime/connect_network.ts";
import { certificatePath } from "../../runtime/servers.ts";
import { FakeClock } from "../../support/fake_clock.ts";
import { programOf, ReleaseServer } from "../../support/release_server.ts";
import { tempDir } from "../../support/temp_dir.ts";

const PLATFORM = "linux-x64";
const ARCHIVE = `/download/v2.0.0/hermes-2.0.0-${PLATFORM}.tar.gz`;
const never = new AbortController().signal;

/** An installed program of version 1.0.0, and a server with releases. */
class UpdateLab implements AsyncDisposable {
  readonly releases: ReleaseServer;
  readonly deps: ReleaseDeps;
  readonly #folder: Awaited<ReturnType<typeof tempDir>>;

  static async open(options: { readonly tls?: boolean } = {}): Promise<UpdateLab> {
    const folder = await tempDir();
    const lab = new UpdateLab(folder, await ReleaseServer.open(options));
    await writeFile(lab.paths.program, programOf("1.0.0"), { mode: 0o755 });
    return lab;
  }

  private constructor(folder: Awaited<ReturnType<typeof tempDir>>, releases: ReleaseServer) {
    this.#folder = folder;
    this.releases = releases;
    const { fetch } = createNetwork({
      certificates: trustedCertificates({ caFile: certificatePath("ca") }),
      proxyFor: () => undefined,
    });
    this.deps = { releases: releases.url, platform: PLATFORM, fetch, clock: systemClock };
  }

  get paths() {
    const program = join(this.#folder.path, "hermes");
    return { program, previous: `${program}.previous` };
  }

  async install(
    { clock = systemClock, signal = never, onProgress = (_: Progress) => {} } = {},
  ): Promise<string> {
    const deps = { ...this.deps, clock, onProgress };
    const archive = await findRelease(undefined, deps, signal);
    await installRelease(archive, this.paths, deps, signal);
    return archive.version;
  }

  /** What is in the folder of the program. */
  async files(): Promise<Readonly<Record<string, string>>> {
    const names = (await readdir(this.#folder.path)).sort();
    const texts = names.map((name) => readFile(join(this.#folder.path, name), "utf8"));
    return Object.fromEntries(
      (await Promise.all(texts)).map((text, index) => [names[index], text]),
    );
  }

  /** Installing fails with such a message, and nothing has changed. */
  async refuses(message: RegExp, code: string): Promise<void> {
    const before = await this.files();
    await assert.rejects(this.install(), (error: HermesError) => {
      assert.ok(error instanceof HermesError, String(error));
      assert.match(error.message, message);
      assert.equal(error.code, code);
      return true;
    });
    assert.deepEqual(await this.files(), before);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.releases[Symbol.asyncDispose]();
    await this.#folder[Symbol.asyncDispose]();
  }
}

test("[P80] installRelease() puts the newest version in place and keeps the one before", async () => {
  await using lab = await UpdateLab.open();
  lab.releases.publish("2.0.0", programOf("2.0.0"));
  const seen: Progress[] = [];
  assert.equal(await lab.install({ onProgress: (progress) => seen.push(progress) }), "2.0.0");
  assert.deepEqual(await lab.files(), {
    hermes: programOf("2.0.0"),
    "hermes.previous": programOf("1.0.0"),
  });
  assert.equal((await stat(lab.paths.program)).mode & 0o777, 0o755);
  const last = seen.at(-1);
  assert.ok(last !== undefined && last.bytes === last.bytesTotal);
});

test("[P80] installRelease() keeps only the version before, and a link as a link", async () => {
  await using lab = await UpdateLab.open();
  await writeFile(lab.paths.previous, "older");
  lab.releases.publish("2.0.0", programOf("2.0.0"));
  await lab.install();
  assert.equal(await readFile(lab.paths.previous, "utf8"), programOf("1.0.0"));
  await symlink("/nowhere", `${lab.paths.program}.link`);
  const paths = { ...lab.paths, program: `${lab.paths.program}.link` };
  const archive = await findRelease(undefined, lab.deps, never);
  await installRelease(archive, paths, { ...lab.deps, onProgress: () => {} }, never);
  assert.equal(await readlink(lab.paths.previous), "/nowhere");
});

test("[P80] installRelease() unpacks what other tars write, and large programs whole", async () => {
  await using lab = await UpdateLab.open();
  const program = Buffer.from(`${programOf("2.0.0")}#${"x".repeat(3_000_000)}`);
  const archive = gunzipSync(tarGz([
    { name: "README.md", mode: 0o644, bytes: Buffer.alloc(1_000) },
    { name: "hermes", mode: 0o644, bytes: program },
    { name: "LICENSE", mode: 0o644, bytes: Buffer.alloc(512) },
  ]));
  const padding = Buffer.alloc(2_000_000);
  // A record of pax comes before the file that it is about.
  const record = gunzipSync(tarGz([{ name: "hermes", mode: 0, bytes: Buffer.alloc(30) }]))
    .subarray(0, 1_024);
  record.write("x", 156);
  lab.releases.publishArchive("2.0.0", gzipSync(Buffer.concat([record, archive, padding])));
  await lab.install();
  assert.deepEqual(await readFile(lab.paths.program), program);
});

test("[P80] installRelease() follows the server to where the files are", async () => {
  await using lab = await UpdateLab.open();
  await using elsewhere = await ReleaseServer.open();
  elsewhere.publish("2.0.0", programOf("2.0.0"));
  for (const path of ["/latest/download/SHA256SUMS", ARCHIVE]) {
    lab.releases.fail(path, { kind: "redirect", to: `${elsewhere.url}${path}` });
  }
  assert.equal(await lab.install(), "2.0.0");
});

const FAULTS: readonly {
  readonly title: string;
  readonly arrange: (releases: ReleaseServer) => void;
  readonly says: RegExp;
  readonly code: string;
}[] = [
  {
    title: "another checksum",
    arrange: (releases) => {
      releases.publish("2.0.0", programOf("2.0.0"));
      releases.damage("2.0.0");
    },
    says: /^Cannot use hermes-2\.0\.0-linux-x64\.tar\.gz: its SHA-256 is not [0-9a-f]{64}$/,
    code: "update.damaged",
  },
  {
    title: "an archive that was cut short before",
    arrange: (releases) => {
      const program = { name: "hermes", mode: 0o755, bytes: Buffer.alloc(99_999) };
      releases.publishArchive("2.0.0", tarGz([program], 0).subarray(0, 50_000), [PLATFORM]);
    },
    says: /^Cannot use hermes-2\.0\.0-linux-x64\.tar\.gz: it cannot be unpacked$/,
    code: "update.damaged",
  },
  {
    title: "a tar that ends too early",
    arrange: (releases) => {
      const program = { name: "hermes", mode: 0o755, bytes: Buffer.alloc(99_999) };
      const half = gunzipSync(tarGz([program])).subarray(0, 50_000);
      releases.publishArchive("2.0.0", gzipSync(half), [PLATFORM]);
    },
    says: /: it cannot be unpacked$/,
    code: "update.damaged",
  },
  {
    title: "an archive that is none",
    arrange: (releases) => releases.publishArchive("2.0.0", Buffer.from("no archive"), [PLATFORM]),
    says: /^Cannot use hermes-2\.0\.0-linux-x64\.tar\.gz: it cannot be unpacked$/,
    code: "update.damaged",
  },
  {
    title: "an archive without the program",
    arrange: (releases) => {
      const other = { name: "bin/hermes", mode: 0o755, bytes: Buffer.alloc(9) };
      releases.publishArchive("2.0.0", tarGz([other]), [PLATFORM]);
    },
    says: /: there is no hermes in it$/,
    code: "update.damaged",
  },
  {
    title: "a program that says another version",
    arrange: (releases) => releases.publish("2.0.0", programOf("3.0.0"), [PLATFORM]),
    says: /: its program says that it is "3\.0\.0"$/,
    code: "update.damaged",
  },
  {
    title: "a program that does not start",
    arrange: (releases) => releases.publish("2.0.0", "#!/nowhere/sh\n", [PLATFORM]),
    says: /^Cannot use hermes 2\.0\.0: it does not start here \(.+\)$/,
    code: "update.does_not_start",
  },
  {
    title: "a program that ends with an error",
    arrange: (releases) => {
      releases.publish("2.0.0", "#!/bin/sh\necho libstdc++ is missing >&2; exit 3\n", [PLATFORM]);
    },
    says: /^Cannot use hermes 2\.0\.0: it does not start here \(libstdc\+\+ is missing\)$/,
    code: "update.does_not_start",
  },
  {
    title: "a platform that is missing",
    arrange: (releases) => releases.publish("2.1.0", programOf("2.1.0"), ["darwin-arm64"]),
    says: /^Cannot find hermes for linux-x64 in http:\S+SHA256SUMS$/,
    code: "update.not_found",
  },
  {
    title: "an archive that is missing",
    arrange: (releases) => {
      releases.publish("2.0.0", programOf("2.0.0"));
      releases.fail(ARCHIVE, { kind: "status", status: 404 });
    },
    says: /^Cannot download \S+linux-x64\.tar\.gz: the server answers with 404$/,
    code: "update.download",
  },
  {
    title: "addresses that lead to each other",
    arrange: (releases) => {
      releases.publish("2.0.0", programOf("2.0.0"));
      releases.fail(ARCHIVE, { kind: "redirect", to: ARCHIVE });
    },
    says: /: it leads from one address to the next$/,
    code: "update.download",
  },
  {
    title: "a list of checksums without an end",
    arrange: (releases) => releases.put("/latest/download/SHA256SUMS", Buffer.alloc(2_000_000)),
    says: /: it is far too large$/,
    code: "update.download",
  },
];

for (const { title, arrange, says, code } of FAULTS) {
  test(`[P80] installRelease() refuses ${title}, and changes nothing`, async () => {
    await using lab = await UpdateLab.open();
    arrange(lab.releases);
    await lab.refuses(says, code);
  });
}

test("[P80] installRelease() that is cut off says so, and changes nothing", async () => {
  await using lab = await UpdateLab.open();
  lab.releases.publish("2.0.0", programOf("2.0.0"));
  lab.releases.fail(ARCHIVE, { kind: "cut" });
  const before = await lab.files();
  // A runtime that takes the half for the whole finds the checksum wrong.
  await assert.rejects(lab.install(), (error: HermesError) => {
    return /^(network\.|update\.damaged)/.test(error.code);
  });
  assert.deepEqual(await lab.files(), before);
});

test("[P80] installRelease() gives up when nothing comes any more", async () => {
  await using lab = await UpdateLab.open();
  lab.releases.publish("2.0.0", programOf("2.0.0"));
  lab.releases.fail(ARCHIVE, { kind: "stuck" });
  const clock = new FakeClock();
  const { promise: halfCame, resolve } = Promise.withResolvers<void>();
  const installing = assert.rejects(
    lab.install({ clock, onProgress: () => resolve() }),
    { code: "network.timeout" },
  );
  await halfCame;
  await clock.sleeperFor(60_000);
  clock.advance(60_000);
  await installing;
  assert.deepEqual(Object.keys(await lab.files()), ["hermes"]);
});

test("[P80] installRelease() ends at once when it is told to, and leaves nothing behind", async () => {
  await using lab = await UpdateLab.open();
  lab.releases.publish("2.0.0", programOf("2.0.0"));
  lab.releases.fail(ARCHIVE, { kind: "stuck" });
  const stop = new AbortController();
  await assert.rejects(lab.install({ signal: stop.signal, onProgress: () => stop.abort() }));
  assert.deepEqual(Object.keys(await lab.files()), ["hermes"]);
});

test("[P80] findRelease() does not follow an encrypted address to one that is not", async () => {
  await using lab = await UpdateLab.open({ tls: true });
  await using plain = await ReleaseServer.open();
  const to = `${plain.url}/latest/download/SHA256SUMS`;
  lab.releases.fail("/latest/download/SHA256SUMS", { kind: "redirect", to });
  await lab.refuses(
    /^Cannot download https:\S+: it leads to \S+ without encryption$/,
    "update.download",
  );
});

test("[P81] rollBack() changes the places of the two versions, and back again", async () => {
  await using lab = await UpdateLab.open();
  lab.releases.publish("2.0.0", programOf("2.0.0"));
  await lab.install();
  for (const [version, other] of [["1.0.0", "2.0.0"], ["2.0.0", "1.0.0"]] as const) {
    assert.equal(await rollBack(lab.paths, never), version);
    assert.deepEqual(await lab.files(), {
      hermes: programOf(version),
      "hermes.previous": programOf(other),
    });
  }
});

test("[P81] rollBack() refuses without a version before, and one that does not start", async () => {
  await using lab = await UpdateLab.open();
  await assert.rejects(rollBack(lab.paths, never), { code: "update.no_previous" });
  await writeFile(lab.paths.previous, "#!/bin/sh\nexit 1\n", { mode: 0o755 });
  const before = await lab.files();
  await assert.rejects(rollBack(lab.paths, never), { code: "update.does_not_start" });
  assert.deepEqual(await lab.files(), before);
});
