/** A JSON Schema, or a part of one. Source: https://json-schema.org/draft-07. */
export type JsonSchema = Readonly<Record<string, unknown>>;

/** A value may also come from a variable of the environment or `.env`. */
export const VARIABLE: JsonSchema = { type: "string", pattern: "\\$\\{[^}]+\\}" };

/** A value of this form, or a variable that holds one. */
export function orVariable(schema: JsonSchema): JsonSchema {
  return { anyOf: [schema, VARIABLE] };
}

/** A list of such values, or one text with commas. */
export function listSchema(item: JsonSchema): JsonSchema {
  return { anyOf: [{ type: "array", items: item }, { type: ["string", "number", "null"] }] };
}
