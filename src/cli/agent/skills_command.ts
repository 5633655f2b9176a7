import { nearest } from "../../config/nearest.ts";
import { EXIT } from "../exit_codes.ts";
import type { CliIo } from "../io.ts";
import { openOfflineAgent } from "./offline_agent.ts";

/** `hermes skills`: what know-how there is, and where it comes from. */
export async function listSkills(options: { readonly json: boolean }, io: CliIo): Promise<number> {
  const agent = await openOfflineAgent(io);
  if (agent === undefined) return EXIT.failure;
  const skills = (await agent.skills.list()).map(({ name, category, description, place }) => ({
    name,
    category,
    description,
    source: place.kind,
    folder: place.kind === "bundled" ? undefined : place.folder,
    enabled: !agent.config.skills.disabled.includes(name),
  })).toSorted((a, b) => `${a.category}/${a.name}` < `${b.category}/${b.name}` ? -1 : 1);
  if (options.json) {
    io.out(JSON.stringify({ skills }, undefined, 2));
    return EXIT.ok;
  }
  for (const { name, category, description, source, enabled } of skills) {
    const marks = [
      source === "bundled" ? "comes with Hermes" : source === "external" ? "external" : "",
    ];
    if (!enabled) marks.push("disabled");
    const note = marks.filter((mark) => mark !== "").join(", ");
    io.out(`${category}/${name}${note === "" ? "" : ` (${note})`}: ${description}`);
  }
  return EXIT.ok;
}

/** `hermes skills view NAME` */
export async function viewSkill(name: string, io: CliIo): Promise<number> {
  const agent = await openOfflineAgent(io);
  if (agent === undefined) return EXIT.failure;
  const skills = await agent.skills.list();
  const skill = skills.find((each) => each.name === name);
  if (skill !== undefined) {
    io.out(skill.text.trimEnd());
    return EXIT.ok;
  }
  const meant = nearest(name, skills.map((each) => each.name));
  const remedy = meant === undefined ? "hermes skills lists them" : `did you mean ${meant}?`;
  io.err(`There is no skill called "${name}": ${remedy}`);
  return EXIT.failure;
}
