import { type CommandRule, finding, isNamed } from "./rule.ts";
import { takeOptions } from "../shell/call_parts.ts";

/** Work that git cannot bring back, or that it takes from others. */
export const gitRule: CommandRule = (command) => {
  if (!isNamed(command, "git")) return [];
  const { rest } = takeOptions(command.args, "-C -c --git-dir --work-tree --namespace --exec-path");
  const [verb = "", ...words] = rest.map(({ text }) => text);
  const has = (form: RegExp) => words.some((text) => form.test(text));
  switch (verb) {
    case "reset":
      return has(/^--(?:hard|merge|keep)$/)
        ? [finding("git reset --hard", "throws away changes that are not committed")]
        : [];
    case "push":
      return has(/^(?:-[a-zA-Z]*[fd]|--force.*|--delete|--mirror|--prune|\+.+|:.+)$/)
        ? [finding("git force push", "overwrites or deletes the history of others")]
        : [];
    case "clean":
      return has(/^(?:-[a-zA-Z]*f|--force)/) && !has(/^(?:-[a-zA-Z]*n|--dry-run)/)
        ? [finding("git clean with force", "deletes files that git does not know")]
        : [];
    case "branch":
      return has(/^-[a-zA-Z]*D/) ||
          (has(/^(?:-[a-zA-Z]*d|--delete)/) && has(/^(?:-[a-zA-Z]*f|--force)/))
        ? [finding("git branch -D", "deletes a branch that may not be merged")]
        : [];
    case "checkout":
    case "restore":
      return has(/^(?:\.|--|-f|--force|:\/)$/) && !has(/^(?:-b|-B|--orphan|--staged|-S)$/)
        ? [finding("git discard changes", "throws away changes that are not committed")]
        : [];
    case "stash":
      return has(/^(?:drop|clear)$/)
        ? [finding("git stash drop", "throws away stashed changes")]
        : [];
    case "filter-branch":
    case "filter-repo":
    case "replace":
      return [finding("git rewrite history", "rewrites the history")];
    case "reflog":
      return has(/^(?:expire|delete)$/)
        ? [finding("git rewrite history", "deletes the history")]
        : [];
    case "update-ref":
      return has(/^-d$/) ? [finding("git branch -D", "deletes a branch")] : [];
    default:
      return [];
  }
};
