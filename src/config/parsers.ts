import { homedir } from "node:os";
import { isAbsolute } from "node:path";
import { Secret } from "../runtime/secret.ts";
import { type JsonSchema, listSchema, orVariable, otherWords } from "./json_schema.ts";
import type { RawValue } from "./raw_value.ts";

/** Turns what was written into a value, or says why it cannot. Never called with an unset value. */
export interface Parser<T> {
  (raw: RawValue): Parsed<T>;
  /** What editors know of the value; absent where anything may be one. */
  readonly schema?: JsonSchema;
}

export type Parsed<T> =
  | { readonly kind: "accepted"; readonly value: T; readonly warnings: readonly Remark[] }
  | { readonly kind: "refused"; readonly problems: readonly Remark[] };

export interface Remark {
  /** Goes on after the setting's name: `is "maybe": write true or false`. */
  readonly predicate: string;
  /** The line, where it is another than that of the setting. */
  readonly line?: number | undefined;
  /** What is meant below the setting, e.g. `.1.base_url`. */
  readonly below?: string;
}

export function accepted<T>(value: T, warnings: readonly Remark[] = []): Parsed<T> {
  return { kind: "accepted", value, warnings };
}

export function refused(predicate: string): Parsed<never> {
  return { kind: "refused", problems: [{ predicate }] };
}

/** The same parser, with what editors can know of the values that it takes. */
export function described<T>(schema: JsonSchema, parse: Parser<T>): Parser<T> {
  return Object.assign((raw: RawValue) => parse(raw), { schema });
}

/** One text, of which `read` makes a value or `undefined`; `expected` says what to write instead. */
export function scalar<T>(expected: string, read: (text: string) => T | undefined): Parser<T> {
  return (raw) => {
    if (raw.kind !== "text") return refused(`is not a single value: ${expected}`);
    const value = read(raw.text);
    return value === undefined ? refused(`is ${quote(raw)}: ${expected}`) : accepted(value);
  };
}

type TextItem = Extract<RawValue, { kind: "text" }>;

/** Most characters of a wrong value that a finding repeats. */
const QUOTE_LENGTH_MAX = 60;

/** The beginning of a wrong value as one line; what a variable held may be a secret. */
function quote({ text, fromVariable }: TextItem): string {
  if (fromVariable) return "something else after its variable was put in";
  return JSON.stringify(
    text.length > QUOTE_LENGTH_MAX ? `${text.slice(0, QUOTE_LENGTH_MAX)}…` : text,
  );
}

const TEXT_SCHEMA: JsonSchema = { type: ["string", "number"] };

export const plainText: Parser<string> = described(
  TEXT_SCHEMA,
  scalar("write one line of text", (text) => text),
);

export const boolean: Parser<boolean> = described(
  orVariable(
    { type: "boolean" },
    otherWords(["yes", "no", "on", "off"]),
    { type: "integer", minimum: 0, maximum: 1 },
  ),
  scalar("write true or false", (text) => {
    if (/^(?:true|yes|on|1)$/i.test(text)) return true;
    return /^(?:false|no|off|0)$/i.test(text) ? false : undefined;
  }),
);

/** One of a few words. `synonyms` are other spellings that people and older files use. */
export function choice<const T extends string>(
  words: readonly T[],
  synonyms: Readonly<Record<string, T>> = {},
): Parser<T> {
  const parse = scalar(`write ${words.join(" or ")}`, (text) => {
    const lower = text.toLowerCase();
    return words.find((word) => word === lower) ??
      (Object.hasOwn(synonyms, lower) ? synonyms[lower] : undefined);
  });
  const others = Object.keys(synonyms);
  // YAML may read a word like `off` as this one.
  const forms = [...(others.includes("false") ? [{ const: false }] : []), otherWords(others)];
  return described(orVariable({ enum: words }, ...(others.length > 0 ? forms : [])), parse);
}

export function integer(least: number, most: number): Parser<number> {
  const parse = scalar(`write a whole number from ${least} to ${most}`, (text) => {
    const value = /^\d{1,15}$/.test(text) ? Number(text) : NaN;
    return value >= least && value <= most ? value : undefined;
  });
  return described(orVariable({ type: "integer", minimum: least, maximum: most }), parse);
}

/** A number that may have a fraction, such as 1.5. */
export function decimal(least: number, most: number): Parser<number> {
  const expected = `write a number from ${least} to ${most}`;
  const parse = scalar(expected, (text) => readDecimal(text, least, most));
  return described(orVariable({ type: "number", minimum: least, maximum: most }), parse);
}

/** A time written in seconds, which becomes milliseconds. */
export function seconds(least: number, most: number): Parser<number> {
  const parse = scalar(`write a number of seconds from ${least} to ${most}`, (text) => {
    const value = readDecimal(text, least, most);
    return value === undefined ? undefined : Math.round(value * 1000);
  });
  return described(orVariable({ type: "number", minimum: least, maximum: most }), parse);
}

function readDecimal(text: string, least: number, most: number): number | undefined {
  const value = /^(?:\d{1,9}(?:\.\d{1,9})?|\.\d{1,9})$/.test(text) ? Number(text) : NaN;
  return value >= least && value <= most ? value : undefined;
}

/** A part of every day, such as `22:00-07:00`, in minutes since midnight. */
export const timeOfDaySpan: Parser<{ readonly fromMinute: number; readonly untilMinute: number }> =
  described(
    { type: "string" },
    scalar("write two times of the day, such as 22:00-07:00", (text) => {
      const [from, until] = text.split(/[-–]/).map(readMinute);
      if (from === undefined || until === undefined || text.split(/[-–]/).length > 2) {
        return undefined;
      }
      return { fromMinute: from, untilMinute: until };
    }),
  );

function readMinute(text: string): number | undefined {
  const [, hour = "", minute = ""] = /^\s*(\d{1,2}):(\d{2})\s*$/.exec(text) ?? [];
  const isTime = hour !== "" && Number(hour) < 24 && Number(minute) < 60;
  return isTime ? Number(hour) * 60 + Number(minute) : undefined;
}

/** A host and a port to listen at, such as `127.0.0.1:8644` or `[::1]:8644`. */
export const listenAddress: Parser<{ readonly host: string; readonly port: number }> = described(
  { type: "string" },
  scalar("write a host and a port, such as 127.0.0.1:8644", (text) => {
    const [, ipv6, name, digits = ""] =
      /^(?:\[([0-9a-f:.]+)\]|([^\s:/]+)):(\d{1,5})$/i.exec(text) ?? [];
    const host = ipv6 ?? name;
    return host === undefined || Number(digits) > 65_535
      ? undefined
      : { host, port: Number(digits) };
  }),
);

export const absolutePath: Parser<string> = described(
  { type: "string" },
  scalar(
    "write the whole path, beginning with /",
    (text) => isAbsolute(text) ? text : undefined,
  ),
);

/**
 * An address of the web as the person wrote it. It is never repeated: it may hold a password. Where
 * people also have an address of the same server for sockets, that one will do as well.
 */
export function webUrl(
  example: string,
  options: { readonly orSocket?: boolean } = {},
): Parser<string> {
  const expected = `write it like ${example}`;
  const scheme = options.orSocket === true ? /^(?:https?|wss?):\/\//i : /^https?:\/\//i;
  const parse = (raw: RawValue): Parsed<string> => {
    if (raw.kind !== "text") return refused(`is not a single address: ${expected}`);
    if (!scheme.test(raw.text)) {
      return refused(`does not begin with https:// or http://: ${expected}`);
    }
    const url = parseUrl(raw.text);
    if (url === undefined) return refused(`is not a valid address: ${expected}`);
    if (url.username !== "" || url.password !== "") {
      return refused(`holds a user name or a password: ${expected}`);
    }
    return accepted(raw.text);
  };
  const schemes = options.orSocket === true ? "(https?|wss?)" : "https?";
  return described(orVariable({ type: "string", pattern: `^${schemes}://`, format: "uri" }), parse);
}

/** An HTTP proxy; `proxy.example.com:3128` means `http://proxy.example.com:3128`. */
export const proxyUrl: Parser<Secret> = described(
  { type: "string" },
  (raw) => {
    const expected = "write it like http://proxy.example.com:3128";
    if (raw.kind !== "text") return refused(`is not a single address: ${expected}`);
    const text = raw.text.includes("://") ? raw.text : `http://${raw.text}`;
    const url = parseUrl(text);
    if (url === undefined) return refused(`is not a valid address: ${expected}`);
    if (!/^https?:$/.test(url.protocol)) return refused(`is not an HTTP proxy: ${expected}`);
    return accepted(new Secret(text));
  },
);

const PLACEHOLDER = /^(?:your[-_ ]|change[-_ ]?me|placeholder|x{3}|<)|^[*.]+$|\$\{/i;

/** A token or a key; it travels in a header, so it is visible ASCII. */
export const secret: Parser<Secret> = described(
  { type: "string" },
  (raw) => {
    if (raw.kind !== "text") return refused("is not a single value: write the token alone");
    if (!/^[\x21-\x7e]+$/.test(raw.text)) {
      return refused("has a space or another character that no token has: copy it once more");
    }
    if (PLACEHOLDER.test(raw.text)) return refused("is a placeholder: put the real one there");
    return accepted(new Secret(raw.text));
  },
);

/** A list of words, as a YAML list or with commas. */
export const textList: Parser<readonly string[]> = listOf("", (text) => text, TEXT_SCHEMA);

/** A list of which `read` takes each entry, or `undefined`; `wrong` goes on after a wrong one. */
export function listOf<T>(
  wrong: string,
  read: (text: string) => T | undefined,
  itemSchema: JsonSchema = { type: "string" },
): Parser<readonly T[]> {
  const parse = (raw: RawValue): Parsed<readonly T[]> => {
    const items = listItems(raw);
    if (items === undefined) return refused("is not a list: separate the entries with commas");
    const values: T[] = [];
    const problems: Remark[] = [];
    for (const item of items) {
      const value = read(item.text);
      if (value !== undefined) values.push(value);
      else problems.push({ predicate: `holds ${quote(item)}, which ${wrong}`, line: item.line });
    }
    return problems.length > 0 ? { kind: "refused", problems } : accepted(values);
  };
  return described(listSchema(itemSchema), parse);
}

/** Whole paths, as a YAML list or with commas; `~` is the home folder of the user. */
export const pathList: Parser<readonly string[]> = described(
  listSchema({ type: "string" }),
  (raw) => {
    const items = listItems(raw);
    if (items === undefined) return refused("is not a list: separate the paths with commas");
    const paths = items.map(({ text }) => text.replace(/^~(?=\/|$)/, () => homedir()));
    const wrong = items.find((_, index) => !isAbsolute(paths[index] ?? ""));
    if (wrong === undefined) return accepted(paths);
    return refused(`holds ${quote(wrong)}: write the whole path, beginning with /`);
  },
);

/** Lists of words by name. */
export const textLists: Parser<Readonly<Record<string, readonly string[]>>> = described(
  { type: "object", additionalProperties: listSchema(TEXT_SCHEMA) },
  (raw) => {
    const lists = emptyRecord<readonly string[]>();
    if (raw.kind === "empty") return accepted(lists);
    if (raw.kind !== "map") return refused("is not a map: write one name: [entry, entry] a line");
    for (const [name, value] of raw.entries) {
      const items = listItems(value);
      if (items === undefined) return refused(`has no list under ${name}: write [entry, entry]`);
      lists[name] = items.map((item) => item.text);
    }
    return accepted(lists);
  },
);

/** Mattermost's ids: users, channels, posts, teams. */
const ID = /^[a-z0-9]{26}$/;
const ID_FORM = "26 characters a-z and 0-9";
const USER_ID_HINT =
  `user names are not looked up here, so write the ${ID_FORM} of the id, which hermes gateway setup --allow finds by the name`;
const ID_SCHEMA: JsonSchema = { type: "string", pattern: ID.source };

/** One id. `what` names its kind: "channel". */
export function id(what: string): Parser<string> {
  const form = `write the id of a ${what}, ${ID_FORM}`;
  return described(
    orVariable(ID_SCHEMA),
    scalar(form, (text) => ID.test(text) ? text : undefined),
  );
}

export const channelIdList: Parser<readonly string[]> = described(
  listSchema(orVariable(ID_SCHEMA)),
  (raw) =>
    idList(raw, `is not a channel id: write the ${ID_FORM} that the channel's "View Info" shows`),
);

/** User ids, each of one person. */
export const onlyUserIdList: Parser<readonly string[]> = described(
  listSchema(orVariable(ID_SCHEMA)),
  (raw) => idList(raw, `is not a user id: ${USER_ID_HINT}`),
);

/** Names of commands that people type in the chat, with or without the `/` in front. */
export const commandNameList: Parser<readonly string[]> = listOf(
  "is not the name of a command: write it as in help or model",
  (text) => text.match(/^[!/]?([a-z][a-z0-9_-]*)$/i)?.[1]?.toLowerCase(),
);

/** User ids; `*` stands for everyone on the server. */
export const userIdList: Parser<readonly string[]> = described(
  listSchema(orVariable({ type: "string", pattern: `${ID.source}|^\\*$` })),
  (raw) => {
    const parsed = idList(
      raw,
      `is not a user id: ${USER_ID_HINT}`,
      "*",
    );
    if (parsed.kind === "refused" || !parsed.value.includes("*")) return parsed;
    const predicate =
      "holds * and lets everyone on the server talk to Hermes: list user ids if you do not want that";
    return accepted(parsed.value, [{ predicate }]);
  },
);

/** Texts by channel id. */
export const channelTexts: Parser<Readonly<Record<string, string>>> = described(
  { type: "object", additionalProperties: { type: ["string", "null"] } },
  (raw) => {
    if (raw.kind === "empty") return accepted(emptyRecord<string>());
    if (raw.kind !== "map") return refused("is not a map: write one channel id: text a line");
    const texts = emptyRecord<string>();
    const problems: Remark[] = [];
    for (const [channelId, text] of raw.entries) {
      const below = `.${channelId}`;
      if (!ID.test(channelId)) {
        const predicate = `is not under the id of a channel: write its ${ID_FORM}`;
        problems.push({ predicate, line: text.line, below });
      } else if (text.kind === "text") texts[channelId] = text.text;
      else if (text.kind !== "empty") {
        problems.push({
          predicate: "is not a text: write one after the id",
          line: text.line,
          below,
        });
      }
    }
    return problems.length > 0 ? { kind: "refused", problems } : accepted(texts);
  },
);

/** A record without inherited names, so that looking up `constructor` finds nothing. */
export function emptyRecord<T>(): Record<string, T> {
  return Object.create(null) as Record<string, T>;
}

function idList(raw: RawValue, wrong: string, wildcard?: string): Parsed<readonly string[]> {
  const read = (text: string) => ID.test(text) || text === wildcard ? text : undefined;
  const parsed = listOf(wrong, read)(raw);
  return parsed.kind === "refused" ? parsed : accepted([...new Set(parsed.value)]);
}

/** The entries of a list, however it is written; `undefined` for what is no list. */
export function listItems(raw: RawValue): TextItem[] | undefined {
  switch (raw.kind) {
    case "empty":
      return [];
    case "map":
      return undefined;
    case "text":
      return raw.text.split(",").map((part) => part.trim()).filter((part) => part !== "")
        .map((text) => ({ ...raw, text }));
    case "list": {
      const parts = raw.items.map((item) => item.kind === "list" ? undefined : listItems(item));
      return parts.some((part) => part === undefined)
        ? undefined
        : parts.flatMap((part) => part ?? []);
    }
  }
}

function parseUrl(text: string): URL | undefined {
  return URL.canParse(text) ? new URL(text) : undefined;
}
