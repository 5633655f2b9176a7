/**
 * What CHANGELOG.md says of a version, without its heading; `undefined` when there is no such section
 * with a date, or nothing in it. The form is that of https://keepachangelog.com/en/1.1.0.
 */
export function releaseNotes(changelog: string, version: string): string | undefined {
  const [, ...sections] = `\n${changelog}`.split(/\n## /);
  const section = sections.find((text) => text.startsWith(`[${version}] - `));
  const [heading = "", ...lines] = section?.split("\n") ?? [];
  if (!/\] - \d{4}-\d\d-\d\d$/.test(heading)) return undefined;
  const links = lines.findIndex((line) => /^\[[^\]]+\]: /.test(line)); // They end the file.
  const notes = lines.slice(0, links === -1 ? undefined : links).join("\n").trim();
  return notes === "" ? undefined : notes;
}
