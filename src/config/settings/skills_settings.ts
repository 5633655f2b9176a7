import { pathList, textList } from "../parsers.ts";
import { setting } from "../setting.ts";

/** Where know-how comes from. */
export const SKILLS_SETTINGS = {
  externalFolders: setting({
    key: "skills.external_dirs",
    parse: pathList,
    initial: "",
    doc: "Further folders with skills, which are only read.",
  }),
  disabled: setting({
    key: "skills.disabled",
    parse: textList,
    initial: "",
    doc: "Names of skills that are not offered.",
  }),
};
