/** A JSON Schema, or a part of one. Source: https://json-schema.org/draft-07. */
export type JsonSchema = Readonly<Record<string, unknown>>;

/** A value may also come from a variable of the environment or `.env`. */
export const VARIABLE: JsonSchema = { type: "string", pattern: "\\$\\{[^}]+\\}" };

/** A value of one of these forms, or a variable that holds one. */
export function orVariable(...forms: readonly JsonSchema[]): JsonSchema {
  return { anyOf: [...forms, VARIABLE] };
}

/** Words that are taken, and that editors do not offer. */
export function otherWords(words: readonly string[]): JsonSchema {
  return { type: "string", pattern: `^(${words.join("|")})$` };
}

/** A block with such fields among others. */
export function blockSchema(
  fields: Readonly<Record<string, { readonly schema?: JsonSchema }>>,
  required: readonly string[] = [],
): JsonSchema {
  const properties = Object.fromEntries(
    Object.entries(fields).map(([name, { schema = {} }]) => [name, orNothing(schema)]),
  );
  const isRequired = required.length > 0 ? { required } : {};
  return { type: required.length > 0 ? "object" : ["object", "null"], properties, ...isRequired };
}

/** `key:` with nothing behind it leaves a value unset. */
export function orNothing(schema: JsonSchema): JsonSchema {
  const forms = Object.keys(schema).length === 1 ? schema["anyOf"] : undefined;
  return { anyOf: [...(Array.isArray(forms) ? forms : [schema]), { type: "null" }] };
}

/** A list of such values, or one text with commas. */
export function listSchema(item: JsonSchema): JsonSchema {
  return { anyOf: [{ type: "array", items: item }, { type: ["string", "number", "null"] }] };
}
