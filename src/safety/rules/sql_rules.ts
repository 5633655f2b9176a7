import type { ShellCommand, Word } from "../shell/syntax.ts";
import { type CommandFinding, type CommandRule, finding, nearbyCommands } from "./rule.ts";

/** Commands for which SQL is nothing but text. */
const TEXT_TOOLS =
  /^(?:echo|printf|cat|tee|e?grep|fgrep|rg|ag|ack|sed|g?awk|head|tail|less|more|git|diff|sort|uniq|wc|find|ls|cut|tr|jq|code|vim?|nano|)$/;
/** Programs that do what SQL says. */
const CLIENTS =
  /^(?:psql|mysql|mariadb|sqlite3?|sqlcmd|duckdb|clickhouse(?:-client)?|cockroach|bq|usql|pgcli|mycli|litecli|isql|sqlplus|cqlsh|mongosh?|redis-cli)$/;

/** Statements that empty or delete tables. */
export const sqlRule: CommandRule = (command) => {
  if (TEXT_TOOLS.test(command.name)) return [];
  const texts = textsOf(command.words, command.shell);
  if (CLIENTS.test(command.name)) {
    for (const source of nearbyCommands(command.shell)) {
      texts.push(...textsOf(source.words, source));
    }
  }
  return texts.flatMap(judgeSql).slice(0, 1);
};

/** What a command says: its words, and the documents that it is given. */
function textsOf(words: readonly Word[], { redirects }: ShellCommand): string[] {
  const documents = redirects.filter(({ operator }) => operator.startsWith("<<"));
  return [
    words.map(({ text }) => text).join(" "),
    ...documents.map(({ body, target }) => `${body} ${target.text}`),
  ];
}

function judgeSql(text: string): readonly CommandFinding[] {
  if (
    /\bdrop\s+(?:table|database|schema|view|index|user|role|materialized|keyspace|collection)\b/i
      .test(text)
  ) {
    return [finding("SQL DROP", "deletes a table or a database")];
  }
  if (
    /\btruncate\s+(?:table\s+)?["'`[\w]/i.test(text) ||
    /\bflush(?:all|db)\b|\.dropdatabase\(|\.drop\(\)/i.test(text)
  ) {
    return [finding("SQL TRUNCATE", "empties a table or a database")];
  }
  const isWhole = text.split(";").some((statement) =>
    /\bdelete\s+from\b/i.test(statement) && !/\bwhere\b/i.test(statement)
  );
  return isWhole ? [finding("SQL DELETE without WHERE", "deletes every row of a table")] : [];
}
