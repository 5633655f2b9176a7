import { homedir } from "node:os";
import { join, resolve } from "node:path";

/** Where everything of one Hermes lives; the names are those of the Python original. */
export interface HomePaths {
  readonly home: string;
  readonly envFile: string;
  readonly configFile: string;
  readonly soulFile: string;
  readonly sessionsFolder: string;
  /** Conversations of the terminal: apart, since a gateway has its own folder to itself. */
  readonly terminalSessionsFolder: string;
  /** What was entered at the prompt. */
  readonly chatHistoryFile: string;
  /** Who has which of them open. */
  readonly terminalLocksFolder: string;
  readonly stateFolder: string;
  /** Held by the gateway of this home. */
  readonly gatewayLockFile: string;
  /** What that gateway tells of itself. */
  readonly gatewayStatusFile: string;
  readonly logsFolder: string;
  /** What the gateway logs; older files have `.1`, `.2` behind the name. */
  readonly gatewayLogFile: string;
  /** Folders of processes for what their shells remember. */
  readonly shellsFolder: string;
  readonly memoriesFolder: string;
  readonly skillsFolder: string;
  readonly cronFolder: string;
  /** Ways in for other programs. */
  readonly hooksFile: string;
  /** Who asks to be let in, and who was. */
  readonly pairingFolder: string;
  /** Scripts that jobs may run. */
  readonly scriptsFolder: string;
  /** Results of tools that are too long to be shown. */
  readonly cachedResultsFolder: string;
  /** Files that people have sent. */
  readonly cachedFilesFolder: string;
}

export function homePaths(home: string): HomePaths {
  return {
    home,
    envFile: join(home, ".env"),
    configFile: join(home, "config.yaml"),
    soulFile: join(home, "SOUL.md"),
    sessionsFolder: join(home, "sessions"),
    terminalSessionsFolder: join(home, "sessions", "cli"),
    chatHistoryFile: join(home, "state", "chat_history.jsonl"),
    terminalLocksFolder: join(home, "state", "chats"),
    stateFolder: join(home, "state"),
    gatewayLockFile: join(home, "state", "gateway.lock"),
    gatewayStatusFile: join(home, "state", "gateway.json"),
    logsFolder: join(home, "logs"),
    gatewayLogFile: join(home, "logs", "gateway.log"),
    shellsFolder: join(home, "state", "shells"),
    memoriesFolder: join(home, "memories"),
    skillsFolder: join(home, "skills"),
    cronFolder: join(home, "cron"),
    hooksFile: join(home, "hooks.json"),
    pairingFolder: join(home, "platforms", "pairing"),
    scriptsFolder: join(home, "scripts"),
    cachedResultsFolder: join(home, "cache", "results"),
    cachedFilesFolder: join(home, "cache", "documents"),
  };
}

/** The home folder as an absolute path: `HERMES_HOME`, or `~/.hermes`. */
export function resolveHome(environment: Readonly<Record<string, string | undefined>>): string {
  const chosen = environment.HERMES_HOME?.trim();
  if (chosen === undefined || chosen === "") return join(homedir(), ".hermes");
  // A service manager passes the tilde on as it is; only a shell replaces it.
  return resolve(chosen.replace(/^~(?=\/|$)/, () => homedir()));
}
