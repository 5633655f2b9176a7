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

/** A text with its `${NAME}`s replaced by what `variable` knows; those it knows not are `missing`. */
export function expandVariables(
  raw: RawValue,
  variable: (name: string) => string | undefined,
): { readonly expanded: RawValue; readonly missing: readonly string[] } {
  if (raw.kind !== "text") return { expanded: raw, missing: [] };
  const missing: string[] = [];
  let isReplaced = false;
  const text = raw.text.replace(/\$\{([^}]+)\}/g, (reference, name: string) => {
    const value = variable(name);
    if (value === undefined) missing.push(reference);
    else isReplaced = true;
    return value ?? reference;
  });
  const expanded = { ...raw, text };
  return { expanded: isReplaced ? { ...expanded, fromVariable: true } : expanded, missing };
}
