import { boolean, choice, integer, pathList, plainText, secret, webUrl } from "../parsers.ts";
import { optional, setting } from "../setting.ts";

/** What becomes of files and images. */
export const MEDIA_SETTINGS = {
  inboundBytesMax: setting({
    key: "gateway.max_inbound_media_bytes",
    parse: integer(1_024, 10_000_000_000),
    initial: "134217728",
    doc: "Largest attachment that is fetched, in bytes.",
  }),
  outboundFolders: setting({
    key: "gateway.media_delivery_allow_dirs",
    parse: pathList,
    initial: "",
    doc: "Folders beside the working folder from which files may be sent.",
  }),
  imageMode: setting({
    key: "agent.image_input_mode",
    parse: choice(["auto", "native", "text"]),
    initial: "auto",
    doc: "native sends images to the model, text lets auxiliary.vision describe them.",
  }),
  modelSees: optional({
    key: "model.supports_vision",
    parse: boolean,
    doc: "Whether the model sees images, if Hermes guesses wrong.",
  }),
  transcriptionUrl: optional({
    key: "stt.openai.base_url",
    parse: webUrl("http://127.0.0.1:8000/v1"),
    doc: "Server with OpenAI's API that writes down what is said in recordings.",
  }),
  transcriptionModel: optional({
    key: "stt.openai.model",
    parse: plainText,
    doc: "Model that writes down what is said, whisper-1 unless it is set.",
  }),
  transcriptionKey: optional({
    key: "stt.openai.api_key",
    env: ["VOICE_TOOLS_OPENAI_KEY"],
    parse: secret,
    doc: "Key for writing down what is said.",
    isSecret: true,
  }),
};
