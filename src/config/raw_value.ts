/**
 * What a file, the environment or a flag says, before anyone has looked at it. Every scalar is
 * text: `90`, `"90"` and `HERMES_MAX_ITERATIONS=90` are the same.
 */
export type RawValue =
  & { readonly line: number | undefined }
  & (
    | { readonly kind: "empty" }
    /** `fromVariable`: a `${NAME}` in it was replaced, so the text itself is not in the file. */
    | { readonly kind: "text"; readonly text: string; readonly fromVariable?: true }
    | { readonly kind: "list"; readonly items: readonly RawValue[] }
    | { readonly kind: "map"; readonly entries: ReadonlyMap<string, RawValue> }
  );

export type RawMap = Extract<RawValue, { kind: "map" }>;

export function rawText(text: string, line?: number): RawValue {
  const trimmed = text.trim();
  return trimmed === "" ? { kind: "empty", line } : { kind: "text", text: trimmed, line };
}

/** The value under a path such as `mattermost.url`; `undefined` when a part of it is missing. */
export function rawValueAt(root: RawValue, key: string): RawValue | undefined {
  return key.split(".").reduce<RawValue | undefined>(
    (value, name) => value?.kind === "map" ? value.entries.get(name) : undefined,
    root,
  );
}
