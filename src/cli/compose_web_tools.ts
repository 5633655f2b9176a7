import { resolveHost } from "../runtime/resolve_host.ts";
import { Secret } from "../runtime/secret.ts";
import type { Tool } from "../tools/tool.ts";
import { FileAccess } from "../tools/files/file_access.ts";
import { createVisionTool } from "../tools/web/vision_analyze_tool.ts";
import { createWebExtractTool } from "../tools/web/web_extract_tool.ts";
import { createWebSearchTool } from "../tools/web/web_search_tool.ts";
import type { SearchBackend } from "../tools/web/search_backend.ts";
import { brave, duckDuckGo, exa, searxng, tavily } from "../tools/web/search_backends.ts";
import { composeModelNetwork } from "./compose.ts";
import type { AgentParts } from "./compose_agent.ts";

/** The tools that go out to the web. */
export function composeWebTools(agent: AgentParts): readonly Tool[] {
  const { clock, config, files, models, places, redact, terminal } = agent;
  const { fetch } = composeModelNetwork(config);
  const policy = { allowsPrivate: config.security.allowPrivateUrls };
  const safe = { fetch, resolveHost, policy, clock };
  const access = new FileAccess(terminal.shells, places);
  return [
    createWebSearchTool(chooseBackend(agent)),
    createWebExtractTool({ ...safe, redact }),
    createVisionTool({
      ...safe,
      files,
      model: models.auxiliary("vision"),
      findFile: async (path, context) => (await access.find(path, "read", context)).realPath,
    }),
  ] as const;
}

/** The first that is set up; one that needs no key stands last. */
function chooseBackend({ config, clock }: AgentParts): SearchBackend {
  const deps = { fetch: composeModelNetwork(config).fetch, clock };
  const { get } = config.environment;
  const secretOf = (...names: readonly string[]) => {
    const key = names.map(get).find((value) => value !== undefined);
    return key === undefined ? undefined : new Secret(key);
  };
  const searxngUrl = get("SEARXNG_URL");
  if (searxngUrl !== undefined) return searxng(searxngUrl, deps);
  const braveKey = secretOf("BRAVE_SEARCH_API_KEY", "BRAVE_API_KEY");
  if (braveKey !== undefined) return brave(braveKey, deps);
  const tavilyKey = secretOf("TAVILY_API_KEY");
  if (tavilyKey !== undefined) return tavily(tavilyKey, deps);
  const exaKey = secretOf("EXA_API_KEY");
  return exaKey === undefined ? duckDuckGo(deps) : exa(exaKey, deps);
}
