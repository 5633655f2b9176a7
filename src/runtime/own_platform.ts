import { readFile } from "node:fs/promises";
import process from "node:process";

/** What this program was built for, in the words of its archives, e.g. `linux-x64-musl`. */
export async function ownPlatform(): Promise<string> {
  const { platform, arch } = process;
  const isMusl = platform === "linux" && await usesMusl();
  return `${platform === "win32" ? "windows" : platform}-${arch}${isMusl ? "-musl" : ""}`;
}

/** Whether the C library that this process has loaded is musl. */
async function usesMusl(): Promise<boolean> {
  const loaded = await readFile("/proc/self/maps", "utf8").catch(() => ""); // Then it is the usual one.
  return /\/ld-musl-/.test(loaded);
}
