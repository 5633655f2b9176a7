/** What a person at the prompt wants. */
export type ChatInput =
  | { readonly kind: "nothing" }
  | { readonly kind: "say"; readonly text: string }
  | { readonly kind: "direct" }
  | { readonly kind: "channel"; readonly name: string }
  | { readonly kind: "channels" }
  | { readonly kind: "thread"; readonly isOn: boolean }
  | { readonly kind: "become"; readonly person: string }
  | { readonly kind: "help" }
  | { readonly kind: "quit" }
  | { readonly kind: "unknown"; readonly command: string };

/** Reads a line of the chat: a command begins with a slash, everything else is said as it is. */
export function parseChatInput(line: string): ChatInput {
  if (line.trim() === "") return { kind: "nothing" };
  if (line.startsWith("//")) return { kind: "say", text: line.slice(1) };
  if (!line.startsWith("/")) return { kind: "say", text: line };
  const [command = "", argument = ""] = line.trim().split(/\s+/);
  const name = argument.replace(/^[#~@]/, "");
  switch (command) {
    case "/dm":
      return { kind: "direct" };
    case "/channel":
      return name === "" ? { kind: "channels" } : { kind: "channel", name };
    case "/channels":
      return { kind: "channels" };
    case "/thread":
      return { kind: "thread", isOn: name !== "off" };
    case "/as":
      return { kind: "become", person: name };
    case "/help":
      return { kind: "help" };
    case "/quit":
    case "/exit":
      return { kind: "quit" };
    default:
      return { kind: "unknown", command };
  }
}
