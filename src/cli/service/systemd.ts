import { join } from "node:path";
import { EXIT } from "../exit_codes.ts";
import { MARK_PLACE, markService } from "./service_mark.ts";
import type {
  Argv,
  ServiceManager,
  ServicePlace,
  ServiceScope,
  ServiceSpec,
} from "./service_manager.ts";
import { serviceSuffix } from "./service_name.ts";
import { plainSystemdPath, quoteSystemd, quoteSystemdCommand } from "./systemd_quotes.ts";

export interface SystemdOptions {
  readonly scope: ServiceScope;
  /** Where the unit files are. */
  readonly folder: string;
  /** The home whose service has the plain name. */
  readonly usualHome: string;
}

/** The services of systemd, of a person or of the machine. */
export function systemdManager({ scope, folder, usualHome }: SystemdOptions): ServiceManager {
  const systemctl = (...rest: string[]): Argv =>
    scope === "user"
      ? ["systemctl", "--user", ...rest]
      : ["systemctl", "--no-ask-password", ...rest];
  return {
    scope,
    title: "systemd",
    place: (home) => {
      const name = `hermes-gateway${serviceSuffix(home, usualHome)}.service`;
      return { name, path: join(folder, name) };
    },
    refusal: ({ binary }) =>
      /["'\\\p{Cc}]/u.test(binary)
        ? "systemd takes no quote and no backslash in the path of a program"
        : undefined,
    file: (place, spec) => unitFile(scope, place, spec),
    enable: ({ name }) => [systemctl("daemon-reload"), systemctl("enable", name)],
    disable: ({ name }) => ({
      before: [systemctl("disable", name)],
      after: [systemctl("daemon-reload")],
    }),
    start: ({ name }) => [systemctl("start", name)],
    stop: ({ name }) => [systemctl("stop", name)],
    askState: ({ name }) => systemctl("show", name, `--property=${PROPERTIES.join(",")}`),
    readState: ({ stdout }) => readShow(stdout),
    logHint: ({ name }) =>
      scope === "user" ? `journalctl --user -u ${name} -n 20` : `sudo journalctl -u ${name} -n 20`,
    askAtWork: systemctl("is-system-running"),
    isAtWork: ({ stdout }) => AT_WORK.includes(stdout.trim()),
  };
}

/** What `systemctl is-system-running` says where systemd is at work. Source: systemctl(1). */
const AT_WORK = ["initializing", "starting", "running", "degraded", "maintenance", "stopping"];

const PROPERTIES = ["ActiveState", "SubState", "UnitFileState", "MainPID", "ExecMainStatus"];

function readShow(stdout: string) {
  const values = new Map(
    stdout.split("\n").map((line) => {
      const [key = "", ...value] = line.split("=");
      return [key, value.join("=").trim()] as const;
    }),
  );
  const state = values.get("ActiveState") || "inactive";
  const pid = Number(values.get("MainPID") ?? 0);
  return {
    isEnabled: values.get("UnitFileState") === "enabled",
    isActive: !["inactive", "failed"].includes(state),
    pid: pid > 0 ? pid : undefined,
    lastExitCode: Number(values.get("ExecMainStatus") || NaN) || undefined,
    detail: `${state} (${values.get("SubState") || "dead"})`,
  };
}

/** What a restart does not mend. */
const FINAL_EXIT_CODES = [EXIT.usage, EXIT.config];

/**
 * A person's service has no namespace of its own, where the agent would see another /tmp and other
 * owners of files than the person does; the machine's has.
 */
const HARDENING: Readonly<Record<ServiceScope, readonly string[]>> = {
  user: ["NoNewPrivileges=yes", "LockPersonality=yes", "RestrictRealtime=yes"],
  system: [
    "NoNewPrivileges=yes",
    "LockPersonality=yes",
    "RestrictRealtime=yes",
    "RestrictSUIDSGID=yes",
    "PrivateTmp=yes",
    "ProtectSystem=full",
    "ProtectKernelTunables=yes",
    "ProtectKernelModules=yes",
    "ProtectControlGroups=yes",
  ],
};

function unitFile(scope: ServiceScope, { name }: ServicePlace, spec: ServiceSpec): string {
  const { binary, home, runAs, searchPath, stopSecondsMax } = spec;
  const folder = plainSystemdPath(home);
  const edit = scope === "user" ? "systemctl --user edit" : "systemctl edit";
  const lines = [
    `# ${MARK_PLACE}`,
    `# Written by: hermes gateway install. To change something, use: ${edit} ${name}`,
    "[Unit]",
    "Description=Hermes, an AI agent in Mattermost",
    ...(scope === "system" ? ["Wants=network-online.target", "After=network-online.target"] : []),
    "StartLimitIntervalSec=0",
    "",
    "[Service]",
    "Type=exec",
    `ExecStart=${quoteSystemdCommand([binary, "gateway", "run"])}`,
    ...(folder === undefined ? [] : [`WorkingDirectory=-${folder}`]),
    `Environment=${quoteSystemd(`HERMES_HOME=${home}`)}`,
    `Environment=${quoteSystemd(`PATH=${searchPath}`)}`,
    ...(runAs === undefined ? [] : [`User=${runAs}`]),
    "Restart=always",
    "RestartSec=5",
    `RestartPreventExitStatus=${FINAL_EXIT_CODES.join(" ")}`,
    "KillMode=mixed",
    "KillSignal=SIGTERM",
    `TimeoutStopSec=${stopSecondsMax}`,
    "UMask=0077",
    ...HARDENING[scope],
    "",
    "[Install]",
    `WantedBy=${scope === "user" ? "default.target" : "multi-user.target"}`,
    "",
  ];
  return markService(lines.join("\n"), spec);
}
