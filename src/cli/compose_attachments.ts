import { isAbsolute, relative } from "node:path";
import type { AttachmentDeps, DescribeFile } from "../gateway/attachments.ts";
import type { MattermostApi } from "../mattermost/api.ts";
import { askAboutImage, DESCRIBE_QUESTION } from "../models/ask_about_image.ts";
import { transcribe } from "../models/transcribe.ts";
import type { AllowFile } from "../replies/deliver_files.ts";
import { checkPath } from "../safety/check_path.ts";
import { realPathOf } from "../safety/real_path.ts";
import type { AgentParts } from "./compose_agent.ts";
import { composeModelNetwork } from "./compose.ts";

const OPENAI_URL = "https://api.openai.com/v1";
const TRANSCRIPTION_MODEL_DEFAULT = "whisper-1";

/** What turns attachments into something that the model of these settings can take. */
export function composeAttachments(agent: AgentParts, api: MattermostApi): AttachmentDeps {
  const { config, files, log } = agent;
  return {
    api,
    cache: files,
    log,
    bytesMax: config.media.inboundBytesMax,
    describeImage: imageDescriber(agent),
    transcribe: transcriber(agent),
  };
}

/** Only where images are not to be sent as they are, and a model is named that sees. */
export function imageDescriber({ config, models }: AgentParts): DescribeFile | undefined {
  const { imageMode, modelSees } = config.media;
  const wantsWords = imageMode === "text" || (imageMode === "auto" && modelSees === false);
  if (!wantsWords || config.providers.auxiliary.vision === undefined) return undefined;
  return ({ path, mimeType }, name, signal) => {
    const asked = { image: { path, mimeType, name }, question: DESCRIBE_QUESTION };
    return askAboutImage(models.auxiliary("vision"), asked, signal);
  };
}

/** Recordings may be private: they leave the machine only when a server or a key is named for them. */
function transcriber({ config, clock }: AgentParts): DescribeFile | undefined {
  const { transcriptionUrl, transcriptionModel, transcriptionKey: apiKey } = config.media;
  if (transcriptionUrl === undefined && apiKey === undefined) return undefined;
  const server = {
    baseUrl: transcriptionUrl ?? OPENAI_URL,
    model: transcriptionModel ?? TRANSCRIPTION_MODEL_DEFAULT,
    apiKey,
  };
  const { fetch } = composeModelNetwork(config);
  return ({ path }, name, signal) => transcribe({ path, name }, server, { fetch, clock }, signal);
}

/** Files are sent from where the agent works, from its cache, and from folders that the settings name. */
export function allowFiles(agent: AgentParts): AllowFile {
  const { config, paths, places, terminal: { shells } } = agent;
  const workFolder = shells.locate(shells.startFolder)?.hostPath;
  const folders = [paths.cachedFilesFolder, ...config.media.outboundFolders];
  if (workFolder !== undefined) folders.push(workFolder);
  return async (path) => {
    const checked = await checkPath(shells.locate(path)?.hostPath ?? path, "read", places);
    if (checked.kind === "refused") return checked;
    const real = await Promise.all(folders.map(realPathOf));
    const isInside = real.some((folder) => {
      const way = relative(folder, checked.realPath);
      return way !== "" && !way.startsWith("..") && !isAbsolute(way);
    });
    return isInside ? checked : {
      kind: "refused",
      reason: "it lies outside of the folders from which files are sent",
    };
  };
}
