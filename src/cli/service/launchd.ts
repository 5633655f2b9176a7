import { join } from "node:path";
import { MARK_PLACE, markService } from "./service_mark.ts";
import type { ServiceManager, ServicePlace, ServiceSpec } from "./service_manager.ts";
import { serviceSuffix } from "./service_name.ts";

export interface LaunchdOptions {
  /** Where the property lists of the person are. */
  readonly folder: string;
  readonly usualHome: string;
  readonly userId: number;
}

/** The agents of launchd, which run while the person is logged in. */
export function launchdManager({ folder, usualHome, userId }: LaunchdOptions): ServiceManager {
  const domain = `gui/${userId}`;
  return {
    scope: "user",
    title: "launchd",
    place: (home) => {
      const name = `ai.hermes.gateway${serviceSuffix(home, usualHome)}`;
      return { name, path: join(folder, `${name}.plist`) };
    },
    refusal: ({ binary, home, searchPath }) =>
      /\p{Cc}/u.test(binary + home + searchPath)
        ? "launchd takes no control character in a path"
        : undefined,
    file: propertyList,
    enable: ({ name }) => [["launchctl", "enable", `${domain}/${name}`]],
    disable: () => ({ before: [], after: [] }),
    start: ({ path }) => [["launchctl", "bootstrap", domain, path]],
    stop: ({ name }) => [["launchctl", "bootout", `${domain}/${name}`]],
    askState: ({ name }) => ["launchctl", "print", `${domain}/${name}`],
    logHint: () => "hermes logs",
    askAtWork: ["launchctl", "print", domain],
    isAtWork: ({ code }) => code === 0,
    readState: ({ code, stdout }) => {
      const pid = stdout.match(/^\s*pid = (\d+)$/m)?.[1];
      const state = stdout.match(/^\s*state = (.+)$/m)?.[1] ?? "loaded";
      const isLoaded = code === 0;
      return {
        isEnabled: isLoaded,
        isActive: isLoaded,
        pid: pid === undefined ? undefined : Number(pid),
        lastExitCode: Number(stdout.match(/^\s*last exit code = (\d+)/m)?.[1] ?? NaN) || undefined,
        detail: isLoaded ? state : "not loaded",
      };
    },
  };
}

/** Shortest time between two starts: launchd knows no exit code that a restart does not mend. */
const THROTTLE_SECONDS = 30;
/** 077 in decimal, as the format wants it. */
const UMASK = 63;

function propertyList({ name }: ServicePlace, spec: ServiceSpec): string {
  const { binary, home, searchPath, stopSecondsMax } = spec;
  const printed = string(join(home, "logs", "gateway.stderr.log"));
  const text = `<?xml version="1.0" encoding="UTF-8"?>
<!-- ${MARK_PLACE} -->
<!-- Written by: hermes gateway install -->
<!DOCTYPE plist PUBLIC "-//Apple//DTD PLIST 1.0//EN" "http://www.apple.com/DTDs/PropertyList-1.0.dtd">
<plist version="1.0">
<dict>
  <key>Label</key>
  ${string(name)}
  <key>ProgramArguments</key>
  <array>
    ${string(binary)}
    <string>gateway</string>
    <string>run</string>
    <string>--quiet</string>
  </array>
  <key>WorkingDirectory</key>
  ${string(home)}
  <key>EnvironmentVariables</key>
  <dict>
    <key>HERMES_HOME</key>
    ${string(home)}
    <key>PATH</key>
    ${string(searchPath)}
  </dict>
  <key>RunAtLoad</key>
  <true/>
  <key>KeepAlive</key>
  <dict>
    <key>SuccessfulExit</key>
    <false/>
  </dict>
  <key>ThrottleInterval</key>
  <integer>${THROTTLE_SECONDS}</integer>
  <key>ExitTimeOut</key>
  <integer>${stopSecondsMax}</integer>
  <key>Umask</key>
  <integer>${UMASK}</integer>
  <key>StandardOutPath</key>
  ${printed}
  <key>StandardErrorPath</key>
  ${printed}
</dict>
</plist>
`;
  return markService(text, spec);
}

function string(text: string): string {
  return `<string>${text.replaceAll(/[&<>]/g, (character) => ENTITIES[character] ?? "")}</string>`;
}

const ENTITIES: Readonly<Record<string, string>> = { "&": "&amp;", "<": "&lt;", ">": "&gt;" };
