import fc from "fast-check";
import type { Message } from "../../src/transcript/message.ts";

const text = fc.string({ maxLength: 40 }).map((start) => `said ${start}`);

const userMessage: fc.Arbitrary<Message[]> = text.map((said) => [{ role: "user", text: said }]);

const call = fc.record({
  name: fc.constantFrom("read_file", "terminal", "web_search"),
  given: fc.record({ path: fc.string({ maxLength: 900 }), lines: fc.array(fc.nat()) }, {
    noNullPrototype: true,
  }),
  result: fc.string({ maxLength: 50 }).chain((unit) =>
    fc.nat(40).map((times) => unit.repeat(times))
  ),
  isError: fc.boolean(),
});

/** An answer with the results of all its calls, now and then long ones; or one, and the next word. */
const answer = fc.tuple(text, fc.array(call, { maxLength: 3 })).map(([said, calls]): Message[] => {
  const toolCalls = calls.map(({ name, given }, index) => ({
    id: `call_${index}`,
    name,
    arguments: given,
  }));
  const results = calls.map(({ name, result, isError }, index): Message => ({
    role: "tool",
    toolCallId: `call_${index}`,
    toolName: name,
    text: result,
    isError,
  }));
  const next: Message[] = calls.length === 0 ? [{ role: "user", text: "go on" }] : [];
  return [{ role: "assistant", text: said, toolCalls }, ...results, ...next];
});

/** What people and model may have said, beginning with a person. */
export const anyTranscript: fc.Arbitrary<Message[]> = fc.tuple(
  userMessage,
  fc.array(fc.oneof(userMessage, { weight: 3, arbitrary: answer }), { maxLength: 20 }),
).map(([first, rest]) => [...first, ...rest.flat()]);
