import type { HomePaths } from "../../config/paths.ts";
import type { PlannedLine, SetupPlan } from "./setup_plan.ts";

/** What will be written, file by file. */
export function summaryLines({ lines }: SetupPlan, paths: HomePaths): string[] {
  const files = [[".env", paths.envFile], ["config.yaml", paths.configFile]] as const;
  return files.flatMap(([file, path]) => {
    const ours = lines.filter((line) => line.file === file);
    return ours.length === 0 ? [] : [path, ...ours.map(summaryLine)];
  });
}

function summaryLine({ name, shown }: PlannedLine): string {
  return shown === undefined ? `  ${name} is taken out` : `  ${name} = ${shown}`;
}

/** What of it will have no effect here, as sentences. */
export function overrideWarnings({ overriding }: SetupPlan): string[] {
  return overriding.map((name) =>
    `${name} is set in the environment, and that counts before the files: unset it there.`
  );
}
