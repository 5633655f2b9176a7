import { proxyUrl, textList } from "../parsers.ts";
import { optional, setting } from "../setting.ts";

/** The proxies of this machine. */
export const NETWORK_SETTINGS = {
  httpsProxy: optional({
    key: "network.https_proxy",
    env: ["HTTPS_PROXY", "https_proxy"],
    parse: proxyUrl,
    doc: "HTTP proxy for https addresses.",
    isSecret: true,
  }),
  httpProxy: optional({
    key: "network.http_proxy",
    env: ["HTTP_PROXY", "http_proxy"],
    parse: proxyUrl,
    doc: "HTTP proxy for http addresses.",
    isSecret: true,
  }),
  noProxy: setting({
    key: "network.no_proxy",
    env: ["NO_PROXY", "no_proxy"],
    parse: textList,
    initial: "",
    doc: "Hosts and domains that are reached without a proxy.",
  }),
};
