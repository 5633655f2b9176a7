/**
 * Where the files of a release are, as `scripts/make_release.ts` lays them out and as
 * `scripts/install.sh` finds them.
 */

/** The checksums of one version, or of the newest. */
export function sumsUrl(releases: string, version: string | undefined): string {
  const folder = version === undefined ? "latest/download" : `download/v${version}`;
  return `${releases}/${folder}/SHA256SUMS`;
}

export function archiveUrl(releases: string, { version, name }: ReleaseArchive): string {
  return `${releases}/download/v${version}/${name}`;
}

export function notesUrl(releases: string, version: string): string {
  return `${releases}/download/v${version}/RELEASE_NOTES.md`;
}

/** The archive of one version for one platform. */
export interface ReleaseArchive {
  readonly version: string;
  readonly name: string;
  readonly sha256: string;
}

/**
 * Finds the archive for a platform among the checksums, and with it the version; `undefined` when
 * there is none, or none of the version that is wanted.
 */
export function findArchive(
  sums: string,
  platform: string,
  wanted: string | undefined,
): ReleaseArchive | undefined {
  const suffix = `-${platform}.tar.gz`;
  for (const line of sums.split("\n")) {
    const [sha256 = "", name = ""] = line.trim().split(/ [ *]/);
    if (!/^[0-9a-f]{64}$/.test(sha256)) continue;
    if (!name.startsWith(PREFIX) || !name.endsWith(suffix)) continue;
    const version = name.slice(PREFIX.length, -suffix.length);
    if (isVersion(version) && version === (wanted ?? version)) return { version, name, sha256 };
  }
  return undefined;
}

const PREFIX = "hermes-";

/** Whether a text can stand for a version in an address. */
export function isVersion(text: string): boolean {
  return /^[0-9A-Za-z.+-]+$/.test(text);
}
