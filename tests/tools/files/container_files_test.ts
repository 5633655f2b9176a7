import assert from "node:assert/strict";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import type { WorkPlace } from "../../../src/tools/work_place.ts";
import { FilesLab, folderBeside } from "./files_lab.ts";

/** The work folder is `/workspace` of a container, and `data` in it is a read-only volume. */
function containerOn(folder: string): WorkPlace {
  const mounts = [["/data", join(folder, "data"), true], ["/workspace", folder, false]] as const;
  return {
    folderOf: () => "/workspace",
    locate: (path) => {
      const mount = mounts.find(([target]) => path === target || path.startsWith(`${target}/`));
      if (mount === undefined) return undefined;
      const [target, hostPath, isReadOnly] = mount;
      return { hostPath: join(hostPath, path.slice(target.length)), within: hostPath, isReadOnly };
    },
  };
}

test("[P130] the tools for files see the container's paths, and of this machine its folders alone", async () => {
  await using lab = await FilesLab.open({
    workPlace: containerOn,
    files: { "a.txt": "needle\n", "data/b.txt": "volume\n" },
  });
  assert.equal(await lab.read("a.txt"), "1|needle\n");
  assert.equal(await lab.read("/data/b.txt"), "1|volume\n");
  assert.equal(
    await lab.write("/workspace/new/c.txt", "x"),
    "Made /workspace/new/c.txt: 1 lines, 1 bytes.",
  );
  assert.equal(await readFile(lab.path("new/c.txt"), "utf8"), "x");
  assert.match(
    await lab.replace("a.txt", "needle", "needles"),
    /^Changed \/workspace\/a\.txt\.\n--- a\.txt/,
  );
  assert.equal(await lab.search("needles"), "a.txt:1:needles");
  assert.equal(await lab.search("volume", { path: "/data" }), "/data/b.txt:1:volume");
  for (const path of ["/etc/hostname", lab.path("a.txt"), "../a.txt"]) {
    await assert.rejects(lab.read(path), /it is inside of the container/, path);
    await assert.rejects(lab.write(path, "x"), /it is inside of the container/, path);
  }
  await assert.rejects(lab.write("/data/b.txt", "x"), /its volume is read-only/);
});

test("[P130] [P131] a link that the container made leads the tools for files nowhere else", async () => {
  await using lab = await FilesLab.open({ workPlace: containerOn });
  const outside = await folderBeside(lab);
  await writeFile(join(outside, "host.txt"), "of the host");
  await lab.link("link.txt", join(outside, "host.txt"));
  await lab.link("linked", outside);
  await lab.link("etc", "/etc");
  await mkdir(lab.path("sub"));
  await lab.link("sub/up", "../../");
  for (const path of ["link.txt", "linked/host.txt", "etc/hostname", "sub/up/user"]) {
    await assert.rejects(lab.read(path), /a link leads out of the container/, path);
    await assert.rejects(lab.search("host", { path }), /a link leads out of the container/, path);
  }
  for (const path of ["link.txt", "linked/new.txt"]) {
    await assert.rejects(lab.write(path, "x"), /a link leads out of the container/, path);
  }
  assert.equal(await readFile(join(outside, "host.txt"), "utf8"), "of the host");
  assert.equal(await lab.search("host"), "[Nothing found.]");
});
