import type { RawValue } from "./raw_value.ts";

/** What to show of a text; `name` is that of the field in which it stands, `""` without one. */
export type ShowText = (name: string, text: string) => string;

/** A value as one would write it on one line: a list with commas, a block as JSON. */
export function writtenText(raw: RawValue, show: ShowText = (_, text) => text): string {
  if (raw.kind === "empty") return "";
  if (raw.kind === "text") return show("", raw.text);
  const isFlat = raw.kind === "list" && raw.items.every((item) => item.kind === "text");
  if (isFlat) return raw.items.map((item) => writtenText(item, show)).join(",");
  return JSON.stringify(toPlain(raw, "", show));
}

function toPlain(raw: RawValue, name: string, show: ShowText): unknown {
  switch (raw.kind) {
    case "empty":
      return null;
    case "text":
      return show(name, raw.text);
    case "list":
      return raw.items.map((item) => toPlain(item, name, show));
    case "map":
      return Object.fromEntries(
        [...raw.entries].map(([inner, value]) => [inner, toPlain(value, inner, show)]),
      );
  }
}
