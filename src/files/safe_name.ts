const NAME_CHARS_MAX = 100;
const NAME_DEFAULT = "file";

/**
 * A name that somebody gave a file, as one that can be the name of a file here: no folders, nothing
 * that a shell or a terminal takes for something else, of sensible length, with its extension kept.
 */
export function safeFileName(name: string): string {
  const base = name.normalize("NFC").split(/[/\\]/).at(-1) ?? "";
  const clean = base.toWellFormed()
    .replaceAll(/[\p{C}\p{Zl}\p{Zp}<>:"|?*`$&;'(){}[\]!#~]/gu, "_")
    .replaceAll(/\s+/g, " ").trim().replace(/^[.\-\s]+/, "").replace(/[.\s]+$/, "");
  if (clean === "") return NAME_DEFAULT;
  const extension = clean.match(/\.[A-Za-z0-9]{1,10}$/)?.[0] ?? "";
  const stem = clean.slice(0, clean.length - extension.length);
  const room = NAME_CHARS_MAX - extension.length;
  return `${[...stem].slice(0, room).join("") || NAME_DEFAULT}${extension}`;
}
