/** Where a server's two doors are. */
export interface ServerUrl {
  /** What people open in the browser, e.g. `https://chat.example.com/mm`; no slash at its end. */
  readonly siteUrl: string;
  /** Up to and with `/api/v4`, e.g. `https://chat.example.com/mm/api/v4`. */
  readonly restUrl: string;
  /** E.g. `wss://chat.example.com/mm/api/v4/websocket`; no slash at its end, proxies insist. */
  readonly socketUrl: string;
}

/** Why an address cannot be used. */
export interface ServerUrlProblem {
  readonly problem: string;
  /** What was most likely meant. */
  readonly suggestion?: string;
}

const SCHEMES: Readonly<Record<string, readonly [rest: string, socket: string]>> = {
  "http:": ["http:", "ws:"],
  "ws:": ["http:", "ws:"],
  "https:": ["https:", "wss:"],
  "wss:": ["https:", "wss:"],
};

/** Pages of the web app that people copy from the address bar: `/TEAM/channels/NAME` and the like. */
const TEAM_PAGES: readonly string[] = ["channels", "messages", "pl", "threads"];
/** Pages that stand directly below the site. */
const SITE_PAGES: readonly string[] = ["login", "select_team", "admin_console", "landing"];

/**
 * Makes sense of the address an operator typed or copied: with or without `/api/v4`, with a page of
 * the web app at its end, with a subpath, with superfluous slashes. A missing scheme is a problem, not
 * a guess: a token must not go out unencrypted because somebody forgot an `s`.
 */
export function parseServerUrl(text: string): ServerUrl | ServerUrlProblem {
  const typed = text.trim();
  if (typed === "") return { problem: "The server address is empty" };
  if (!/^[a-z][a-z\d+.-]*:\/\//i.test(typed)) return missingScheme(typed);
  const url = URL.canParse(typed) ? new URL(typed) : undefined;
  if (url === undefined || url.hostname === "") {
    return { problem: `"${withoutUserInfo(typed)}" is not an address` };
  }
  const schemes = SCHEMES[url.protocol];
  if (schemes === undefined) {
    const scheme = url.protocol.slice(0, -1);
    const suggestion = `https://${url.host}`;
    return { problem: `"${scheme}" cannot be used: write "${suggestion}"`, suggestion };
  }
  if (url.username !== "" || url.password !== "") {
    return { problem: `The address of "${url.host}" has a user name in it: leave it out` };
  }
  const site = sitePath(url.pathname);
  const path = `${site}/api/v4`;
  return {
    siteUrl: `${schemes[0]}//${url.host}${site}`,
    restUrl: `${schemes[0]}//${url.host}${path}`,
    socketUrl: `${schemes[1]}//${url.host}${path}/websocket`,
  };
}

function missingScheme(typed: string): ServerUrlProblem {
  const rest = withoutUserInfo(typed).replace(/^[a-z]*:?\/+/i, "");
  const isLocal = /^(localhost|127\.|\[::1\])/.test(rest);
  const suggestion = `${isLocal ? "http" : "https"}://${rest}`;
  const problem = `"${withoutUserInfo(typed)}" does not say http or https: write "${suggestion}"`;
  return URL.canParse(suggestion) ? { problem, suggestion } : { problem };
}

/** A password that somebody pasted must not come back on the screen. */
function withoutUserInfo(typed: string): string {
  return typed.replace(/(^|\/\/)[^@]*:[^@]*@/, "$1");
}

/** What is left of a path when the API and the pages of the web app are cut off: `""` or `/mm`. */
function sitePath(pathname: string): string {
  const segments = pathname.split("/").filter((segment) => segment !== "");
  const end = segments.findIndex((segment, index) =>
    segment === "api" && /^v\d+$/.test(segments[index + 1] ?? "") ||
    SITE_PAGES.includes(segment) ||
    TEAM_PAGES.includes(segments[index + 1] ?? "") && isTeamPage(segments, index)
  );
  const kept = end === -1 ? segments : segments.slice(0, end);
  return kept.map((segment) => `/${segment}`).join("");
}

/** Only with a name behind it: `/company/channels` may be where a server lives. */
function isTeamPage(segments: readonly string[], teamIndex: number): boolean {
  const page = segments[teamIndex + 1];
  return page === "threads" || segments[teamIndex + 2] !== undefined;
}
