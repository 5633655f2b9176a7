import { type CommandRule, finding, isNamed, nearbyCommands } from "./rule.ts";

/** Commands that let somebody in from outside, or change who can get in. */
export const networkRule: CommandRule = (command) => {
  const { name, words, shell } = command;
  const texts = command.args.map(({ text }) => text);
  const findings = [];
  const targets = shell.redirects.map(({ target }) => target.text);
  const opensSocket = [...words.map(({ text }) => text), ...targets].some((text) =>
    /\/dev\/(?:tcp|udp)\//.test(text)
  );
  const runsProgram = texts.some((text) =>
    /^(?:-[a-zA-Z]*[ec]|--exec|--sh-exec|--lua-exec)$/.test(text)
  );
  const isShellOverNetwork = isNamed(command, "nc", "ncat", "netcat") && runsProgram ||
    name === "socat" && texts.some((text) => /^(?:exec|system|shell):/i.test(text)) ||
    /^(?:ba|z|da|k)?sh$/.test(name) &&
      nearbyCommands(shell).some((other) =>
        /^(?:nc|ncat|netcat|telnet|socat|openssl)$/.test(other.words[0]?.text ?? "")
      );
  if (opensSocket || isShellOverNetwork) {
    findings.push(finding("remote shell", "opens a way in from outside"));
  }
  const isLook = texts.some((text) =>
    /^(?:-[a-zA-Z]*[LSn]|--list.*|list|status|show|--version)$/.test(text)
  );
  if (
    isNamed(
      command,
      "iptables",
      "ip6tables",
      "nft",
      "ufw",
      "firewall-cmd",
      "pfctl",
      "iptables-restore",
    ) && !isLook
  ) {
    findings.push(finding("change firewall", "changes who can reach the machine"));
  }
  return findings;
};
