import { askNobody } from "../../src/safety/approval_request.ts";
import type { SessionKey } from "../../src/sessions/session_store.ts";
import type { ToolContext } from "../../src/tools/tool.ts";

/** A conversation with alice, in which nobody answers questions, changed by `parts`. */
export function toolContext(parts: Partial<ToolContext> = {}): ToolContext {
  return {
    sessionKey: "agent:main:test:dm:alice" as SessionKey,
    person: { id: "alice-id", name: "alice" },
    hasSeveralPeople: false,
    askApproval: askNobody,
    askQuestion: () => Promise.resolve({ kind: "nobody_to_ask" }),
    ...parts,
  };
}
