import type { ServerUrl } from "../../mattermost/base_url.ts";

/**
 * What nginx needs to pass the socket on, with the path of this server. The name of the upstream is
 * the one of Mattermost's own documentation.
 */
export function nginxBlock({ siteUrl }: ServerUrl): string {
  const { pathname } = new URL(siteUrl);
  const path = pathname === "/" ? "" : pathname;
  return `location ~ ^${path}/api/v[0-9]+/(users/)?websocket$ {
    proxy_pass http://backend;  # as in the location that is there
    proxy_http_version 1.1;
    proxy_set_header Upgrade $http_upgrade;
    proxy_set_header Connection "upgrade";
    proxy_set_header Host $http_host;
    proxy_read_timeout 600s;
}`;
}
