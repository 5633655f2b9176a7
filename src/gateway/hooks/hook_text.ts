import { asObject, asText, parseJson } from "../../mattermost/decode.ts";

/** Longest data that is shown as it came. */
const DATA_CHARS_MAX = 6_000;
/** Where programs put what people shall read. */
const TEXT_FIELDS = ["text", "message", "body", "content"] as const;
const TITLE_FIELDS = ["title", "subject"] as const;

/** What a program sent, as a message: its text, or its data as they are. `""` when it sent nothing. */
export function hookText(body: string): string {
  const data = parseJson(body);
  if (data === undefined) return body.trim();
  if (typeof data === "string") return data.trim();
  const fields = asObject(data);
  const read = (names: readonly string[]) =>
    names.map((name) => asText(fields?.[name]).trim()).find((text) => text !== "") ?? "";
  const title = read(TITLE_FIELDS).replaceAll(/\s+/g, " ");
  const text = read(TEXT_FIELDS);
  if (text === "" && title === "") return fenced(JSON.stringify(data, undefined, 2));
  return [title === "" ? "" : `**${title}**`, text].filter((part) => part !== "").join("\n\n");
}

function fenced(json: string): string {
  const shown = json.length > DATA_CHARS_MAX ? `${json.slice(0, DATA_CHARS_MAX)}\n…` : json;
  return `\`\`\`json\n${shown.replaceAll("```", "`\u200b``")}\n\`\`\``;
}
