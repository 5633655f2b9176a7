import picocolors from "picocolors";
import type { LoadedConfig } from "../../config/load_config.ts";
import { findSetting } from "../../config/setting_place.ts";
import { plural } from "../plural.ts";
import { sentence } from "../render_error.ts";
import type { Check } from "./check.ts";

const NAME_WIDTH = 15;
const INDENT = " ".repeat(NAME_WIDTH + 3);

export interface RenderOptions {
  readonly color: boolean;
  /** Also what is skipped, and the source of every setting. */
  readonly verbose: boolean;
  readonly loaded: LoadedConfig;
}

/** A check as lines for a person; none for what is not worth one. */
export function renderCheck(check: Check, options: RenderOptions): readonly string[] {
  const { name, status, message, remedy, paste } = check;
  const { color, verbose, loaded } = options;
  if (status === "skipped" && !verbose) return [];
  const colors = picocolors.createColors(color);
  const sign = {
    ok: colors.green("✓"),
    warning: colors.yellow("!"),
    failure: colors.red("✗"),
    skipped: colors.dim("-"),
  }[status];
  const sources = verbose || status !== "ok" ? sourcesOf(check, loaded) : "";
  const suffix = sources === "" ? "" : ` ${colors.dim(`(${sources})`)}`;
  return [
    `${sign} ${name.padEnd(NAME_WIDTH)} ${sentence(message)}${suffix}`,
    ...(remedy === "" ? [] : [INDENT + remedy]),
    ...(paste === undefined ? [] : ["", ...paste.split("\n").map((line) => INDENT + line), ""]),
  ];
}

/** Where the settings stand that a check is about, unless its message says so. */
function sourcesOf({ message, settings = [] }: Check, loaded: LoadedConfig): string {
  return settings.flatMap((key) => {
    const written = loaded.findWritten(key);
    if (written === undefined) return [];
    const place = written.placeAt(written.raw.line);
    if (place.kind === "file" && message.includes(place.file)) return [];
    const { line } = written.raw;
    const where = line === undefined ? written.source : `${written.source}, line ${line}`;
    return [`${written.name} from ${where}`];
  }).join("; ");
}

/** The last line: what there is to do, in numbers. */
export function renderSummary(checks: readonly Check[]): string {
  const count = (status: Check["status"]) =>
    checks.filter((check) => check.status === status).length;
  const [failures, warnings] = [count("failure"), count("warning")];
  if (failures === 0 && warnings === 0) return "Everything works.";
  const parts = [
    ...(failures === 0 ? ["No failures"] : [plural(failures, "failure")]),
    ...(warnings === 0 ? [] : [plural(warnings, "warning")]),
  ];
  return sentence(parts.join(", "));
}

/** The same for a script. */
export function checkReport(check: Check, loaded: LoadedConfig): object {
  const { name, status, message, remedy, paste, settings = [] } = check;
  return {
    name,
    status,
    message,
    remedy,
    ...(paste === undefined ? {} : { paste }),
    settings: settings.map((key) => settingReport(key, loaded)),
  };
}

function settingReport(key: string, loaded: LoadedConfig): object {
  const written = loaded.findWritten(key);
  const source = loaded.sources.get(key) ?? "default";
  if (written === undefined) return { key, name: findSetting(key)?.env?.[0] ?? key, source };
  const { name, raw } = written;
  const place = written.placeAt(raw.line);
  return {
    key,
    name,
    source,
    ...(place.kind === "file" ? { file: place.file, line: place.line ?? null } : {}),
  };
}
