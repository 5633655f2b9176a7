import type { Secret } from "../../runtime/secret.ts";

/** What a program needs to find its files and to speak to people. None of it is a secret. */
const PASSED =
  /^(?:PATH|HOME|USER|LOGNAME|SHELL|LANG|LC_\w+|TZ|TMPDIR|TERM|XDG_\w+|NODE_EXTRA_CA_CERTS|SSL_CERT_(?:FILE|DIR))$/;

/** The whole environment of a server: a few variables of Hermes, and what the settings add. */
export function childEnvironment(
  environment: Readonly<Record<string, string | undefined>>,
  configured: Readonly<Record<string, Secret>>,
): Record<string, string> {
  const passed = Object.entries(environment).flatMap(([name, value]) =>
    value !== undefined && PASSED.test(name) ? [[name, value] as const] : []
  );
  const added = Object.entries(configured).map(([name, value]) => [name, value.reveal()] as const);
  return Object.fromEntries([...passed, ...added]);
}
