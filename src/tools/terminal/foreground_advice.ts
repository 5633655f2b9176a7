import { simpleCommands, startsInBackground } from "./simple_commands.ts";

const ADVICE = "Call terminal with background=true instead: process then shows its output, waits " +
  "for it and ends it.";

/** Programs that run until somebody ends them, each as it begins. */
const ENDLESS: readonly RegExp[] = [
  /^(?:npm|pnpm|yarn|bun|deno)(?: run| task)? (?:dev|serve|start|watch|preview)\b/,
  /^(?:npx |bunx |pnpm exec |pnpm dlx )?(?:vite|nodemon|live-server|http-server|serve|json-server|storybook)(?: (?!build|optimize)|$)/,
  /^(?:npx |bunx )?(?:next|nuxt|astro|remix|gatsby|expo|vue-cli-service|react-scripts|webpack|ng|wrangler) (?:dev|develop|start|serve)\b/,
  /^python[\d.]* -m (?:http\.server|flask run|uvicorn|streamlit run)\b/,
  /^(?:python[\d.]* )?(?:\S*\/)?manage\.py runserver\b/,
  /^(?:flask|uvicorn|gunicorn|hypercorn|daphne|fastapi|streamlit|jupyter)(?: (?:run|dev|lab|notebook|\S+:\S+)\b|$)/,
  /^(?:rails|bin\/rails) (?:s|server)\b/,
  /^php -S\b/,
  /^(?:php )?artisan serve\b/,
  /^(?:hugo|jekyll|mkdocs|mdbook) serv(?:e|er)\b/,
  /^docker(?:-compose| compose) up(?!.* (?:-d|--detach)\b)/,
  /^tail (?:.* )?(?:-[a-zA-Z0-9]*[fF]|--follow)\b/,
  /^(?:watch|journalctl .*-f|cargo watch|air|entr|fswatch|inotifywait -m)\b/,
];
/** They leave what they start behind, where nobody could end it. */
const DETACHING =
  /^(?:nohup|setsid|disown|daemonize|at|batch|screen -d|screen -dm\w*|tmux new\S* -d)\b/;
/** Such a call ends by itself. */
const ONLY_TELLS = / (?:--help|-h|--version|-V)$/;

/**
 * Why a command should not run while the conversation waits for it, with what to do instead;
 * `undefined` when nothing speaks against it.
 */
export function foregroundAdvice(
  commandLine: string,
): { readonly reason: string; readonly advice: string } | undefined {
  const commands = simpleCommands(commandLine);
  const detaching = commands.find((command) => DETACHING.test(command));
  if (detaching !== undefined) {
    const name = detaching.split(" ")[0];
    return { reason: `${name} would leave a program running that nobody sees`, advice: ADVICE };
  }
  if (startsInBackground(commandLine)) {
    return { reason: "& would leave a program running that nobody sees", advice: ADVICE };
  }
  const endless = commands.find((command) =>
    !ONLY_TELLS.test(command) && ENDLESS.some((pattern) => pattern.test(command))
  );
  if (endless === undefined) return undefined;
  return { reason: `"${endless}" runs until somebody ends it`, advice: ADVICE };
}
