/** Something about the settings that a person should know. */
export interface Finding {
  /** One whole sentence: what is wrong, where, and what to do. No secret is in it. */
  readonly message: string;
  readonly file: string | undefined;
  /** The setting: its path in config.yaml, or its name in the environment or `.env`. */
  readonly key: string | undefined;
  /** Counted from 1. */
  readonly line: number | undefined;
}

/** Where a value was written. */
export type Place =
  | { readonly kind: "flag" }
  | { readonly kind: "environment" }
  | { readonly kind: "file"; readonly file: string; readonly line: number | undefined };

/** A finding about the setting `key`, whose sentence goes on after its name and place. */
export function findingAbout(key: string, place: Place, predicate: string): Finding {
  const file = place.kind === "file" ? place.file : undefined;
  const line = place.kind === "file" ? place.line : undefined;
  return { message: `${key} ${placeWords(place)} ${predicate}`, file, key, line };
}

/** A finding about a file or one of its lines. */
export function findingInFile(file: string, line: number | undefined, predicate: string): Finding {
  const where = line === undefined ? file : `${file}, line ${line},`;
  return { message: `${where} ${predicate}`, file, key: undefined, line };
}

function placeWords(place: Place): string {
  switch (place.kind) {
    case "flag":
      return "from the command line";
    case "environment":
      return "from the environment";
    case "file":
      return place.line === undefined
        ? `in ${place.file}`
        : `in ${place.file}, line ${place.line},`;
  }
}
