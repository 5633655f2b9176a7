import { boolean, integer } from "../parsers.ts";
import { setting } from "../setting.ts";

/** What is remembered between sessions. */
export const MEMORY_SETTINGS = {
  notesEnabled: setting({
    key: "memory.memory_enabled",
    parse: boolean,
    initial: "true",
    doc: "Whether Hermes keeps notes in memories/MEMORY.md.",
  }),
  profilesEnabled: setting({
    key: "memory.user_profile_enabled",
    parse: boolean,
    initial: "true",
    doc: "Whether Hermes remembers facts about the people it talks to.",
  }),
  notesCharsMax: setting({
    key: "memory.memory_char_limit",
    parse: integer(100, 100_000),
    initial: "2200",
    doc: "Most characters of the notes; they are part of every request.",
  }),
  profileCharsMax: setting({
    key: "memory.user_char_limit",
    parse: integer(100, 100_000),
    initial: "1375",
    doc: "Most characters of what is remembered about one person.",
  }),
};
