import { z } from "zod";
import type { SessionKey } from "../sessions/session_store.ts";
import type { Tool } from "./tool.ts";

const STATUSES = ["pending", "in_progress", "completed", "cancelled"] as const;
const ITEMS_MAX = 256;
const CONTENT_CHARS_MAX = 4_000;
/** Sessions whose lists are kept; the one unused for longest is forgotten first. */
const SESSIONS_MAX = 1_000;

const ITEM = z.object({
  id: z.string().min(1),
  content: z.string().min(1).max(CONTENT_CHARS_MAX),
  status: z.enum(STATUSES),
});
type TodoItem = z.infer<typeof ITEM>;

/** The lists of all sessions, in memory. */
export class TodoLists {
  readonly #lists = new Map<SessionKey, readonly TodoItem[]>();

  get(key: SessionKey): readonly TodoItem[] {
    return this.#lists.get(key) ?? [];
  }

  set(key: SessionKey, items: readonly TodoItem[]): void {
    this.#lists.delete(key);
    if (items.length > 0) this.#lists.set(key, items);
    if (this.#lists.size <= SESSIONS_MAX) return;
    const [oldest] = this.#lists.keys();
    if (oldest !== undefined) this.#lists.delete(oldest);
  }

  /** What is not done yet, for the model to read again where its memory of it was cut; or `""`. */
  unfinished(key: SessionKey): string {
    const open = this.get(key).filter(({ status }) => !["completed", "cancelled"].includes(status));
    return open.length === 0 ? "" : formatList(open);
  }
}

/** The model's own list of what is to be done in a long task. */
export function createTodoTool(
  lists: TodoLists,
): Tool<{ todos?: TodoItem[] | undefined; merge: boolean }> {
  return {
    name: "todo",
    description: "Your list of steps for a task with three or more of them. Without todos it is " +
      "read. Keep one step in_progress, and mark each completed at once.",
    input: z.object({
      todos: z.array(ITEM).max(ITEMS_MAX).optional(),
      merge: z.boolean().default(false)
        .describe("Change the steps with these ids and keep the others, instead of a new list"),
    }),
    run: ({ todos, merge }, { sessionKey }) => {
      if (todos !== undefined) {
        const before = merge ? lists.get(sessionKey) : [];
        lists.set(sessionKey, mergeItems(before, todos));
      }
      const items = lists.get(sessionKey);
      return Promise.resolve(items.length === 0 ? "The list is empty." : formatList(items));
    },
  };
}

/** An id that comes twice counts once, as it came last, where it stood first. */
function mergeItems(before: readonly TodoItem[], changes: readonly TodoItem[]): TodoItem[] {
  const byId = new Map(before.map((item) => [item.id, item]));
  for (const item of changes) byId.set(item.id, item);
  return [...byId.values()].slice(0, ITEMS_MAX);
}

const MARKS: Readonly<Record<TodoItem["status"], string>> = {
  pending: " ",
  in_progress: ">",
  completed: "x",
  cancelled: "-",
};

function formatList(items: readonly TodoItem[]): string {
  return items.map(({ id, content, status }) => `[${MARKS[status]}] ${id}. ${content}`).join("\n");
}
