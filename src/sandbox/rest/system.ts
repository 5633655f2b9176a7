import { clientConfig } from "../client_config.ts";
import type { SandboxParts } from "../parts.ts";
import { roleBody } from "../roles.ts";
import { type Answer, type Call, json, type Route, stringsBody } from "./route.ts";

/** What a client asks about the server itself. */
export const SYSTEM_ROUTES: readonly Route[] = [
  { method: "GET", path: "/system/ping", isPublic: true, handle: ping },
  { method: "GET", path: "/config/client", isPublic: true, handle: getClientConfig },
  {
    method: "GET",
    path: "/license/client",
    isPublic: true,
    handle: () => json({ IsLicensed: "false" }),
  },
  { method: "POST", path: "/roles/names", handle: getRoles },
];

function ping(call: Call): Answer {
  return json({
    ActiveSearchBackend: "database",
    AndroidLatestVersion: "",
    AndroidMinVersion: "",
    IosLatestVersion: "",
    IosMinVersion: "",
    status: "OK",
    ...(call.query.get("get_server_status") === "true"
      ? { database_status: "OK", filestore_status: "OK" }
      : {}),
  });
}

function getRoles(call: Call): Answer {
  return json(stringsBody(call, "rolenames").flatMap((name) => roleBody(name) ?? []));
}

function getClientConfig(call: Call, parts: SandboxParts): Answer {
  return json(clientConfig(parts, call.user !== undefined));
}
