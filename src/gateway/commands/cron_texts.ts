/** What `!cron` says by itself. */
export const NO_JOBS =
  "Nothing is scheduled. Try: `!cron add tomorrow 9am Remind me of the report`";

export const HOW_TO_CRON = `\`!cron list\`: what is scheduled
\`!cron add 20m Remind me of the tea\`: once
\`!cron add weekdays at 9am Summarise the night --deliver home\`: again and again
\`!cron add "0 9 * * 1-5" Summarise the night\`: as cron writes it
\`!cron pause JOB\`, \`resume\`, \`run\`, \`remove\`: a job by its id or name`;

export function noScheduleText(line: string): string {
  const said = line === "" ? "Nothing" : `\`${line.slice(0, 60).replaceAll("`", "'")}\``;
  return `${said} begins with no time that I know. For example:\n${HOW_TO_CRON}`;
}
