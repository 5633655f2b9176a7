import { type CommandRule, finding, isNamed, partsOf } from "./rule.ts";

/** Commands that end processes and services, Hermes among them. */
export const processRule: CommandRule = (command) => {
  const { name } = command;
  const texts = command.args.map(({ text }) => text);
  const isAboutHermes = texts.some((text) => /hermes/i.test(text));
  if (isNamed(command, "kill", "pkill", "killall") && isAboutHermes) {
    return [finding("kill hermes process", "ends Hermes itself")];
  }
  if (name === "killall") return [finding("force kill processes", "ends every process of a name")];
  if (name === "pkill" && isForced(texts)) {
    return [finding("force kill processes", "ends processes without letting them finish")];
  }
  if (name === "hermes") return judgeHermes(texts);
  return STOPS_SERVICE.some(([names, verbs]) =>
      isNamed(command, ...names) && partsOf(command).rest.some(({ text }) => verbs.test(text))
    )
    ? [finding("stop/restart system service", "stops or restarts a service")]
    : [];
};

const STOPS_SERVICE: readonly [names: readonly string[], verbs: RegExp][] = [
  [
    ["systemctl"],
    /^(?:stop|restart|try-restart|reload-or-restart|disable|mask|kill|revert|edit|set-property|daemon-reexec)$/,
  ],
  [["service", "rc-service", "sv", "initctl"], /^(?:stop|restart|force-stop|down|kill|exit)$/],
  [["launchctl"], /^(?:stop|unload|remove|bootout|kill|disable|kickstart)$/],
  [["supervisorctl"], /^(?:stop|restart|shutdown|remove|reload)$/],
  [["brew"], /^(?:stop|restart|kill)$/],
  [["update-rc.d", "chkconfig"], /^(?:remove|disable|off)$/],
];

function isForced(texts: readonly string[]): boolean {
  return texts.some((text, index) =>
    /^-(?:9|KILL|SIGKILL)$/i.test(text) || /^--signal=(?:9|(?:SIG)?KILL)$/i.test(text) ||
    (/^--signal$|^-s$/.test(text) && /^(?:9|(?:SIG)?KILL)$/i.test(texts[index + 1] ?? ""))
  );
}

/** Subcommands that change how Hermes runs; the others only look. */
function judgeHermes(texts: readonly string[]) {
  const [area = "", verb = ""] = texts.filter((text) => !text.startsWith("-"));
  if (area === "gateway" && /^(?:stop|restart|uninstall|install|start|run|setup|)$/.test(verb)) {
    return [finding("stop/restart hermes gateway", "stops or restarts Hermes itself")];
  }
  if (/^(?:update|uninstall)$/.test(area)) {
    return [finding("hermes update", "replaces or removes Hermes itself")];
  }
  const isChange = /^(?:setup|model|auth|login|logout|pairing)$/.test(area) ||
    (/^(?:config|tools|mcp|memory|skills|cron|sessions|fallback|profile)$/.test(area) &&
      !/^(?:get|list|show|path|check|schema|view|test|search|stats|status|export|)$/.test(verb));
  return isChange
    ? [finding("change hermes settings", "changes the settings of Hermes itself")]
    : [];
}
