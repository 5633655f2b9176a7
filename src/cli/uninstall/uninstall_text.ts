import { plural } from "../plural.ts";
import type { UninstallPlan } from "./plan_uninstall.ts";

const NAMES_SHOWN_MAX = 6;

/** What will be removed, and what will stay, a line each. */
export function planText(
  { services, holder, programs, home, slashCommands }: UninstallPlan,
  removesHome: boolean,
): { readonly goes: readonly string[]; readonly stays: readonly string[] } {
  const goes = [
    ...services.map(({ place }) => `the service ${place.name}, ${place.path}`),
    ...(holder === undefined ? [] : [`the gateway that runs (pid ${holder.pid}): it is stopped`]),
    ...(slashCommands === 0 ? [] : [`${plural(slashCommands, "slash command")} on the server`]),
  ];
  const stays = programs.length > 0 ? [] : ["the program: it runs from its source"];
  if (home.kind === "removable" && removesHome) {
    const { folder, otherNames, ownNames } = home;
    const leads = folder === home.home ? "" : `, which leads to ${folder}`;
    goes.push(`${home.home}${leads}: ${listed(ownNames)}`);
    if (otherNames.length > 0) {
      stays.push(`in ${folder}, what is not of Hermes: ${listed(otherNames)}`);
    }
  } else if (home.kind === "removable") {
    stays.push(`${home.home}, with your settings and conversations (--data removes it)`);
  }
  return { goes: [...goes, ...programs], stays };
}

function listed(names: readonly string[]): string {
  const more = names.length - NAMES_SHOWN_MAX;
  const shown = names.slice(0, NAMES_SHOWN_MAX).join(", ");
  return more > 0 ? `${shown} and ${more} more` : shown;
}
