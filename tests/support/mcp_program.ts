/**
 * A server of tools as a program, for tests: speaks the Model Context Protocol over its standard
 * input and output, greets on it as careless programs do, and misbehaves when it is asked to.
 */
import process from "node:process";
import { createInterface } from "node:readline";

interface Request {
  readonly id?: number;
  readonly method: string;
  readonly params?: {
    readonly name?: string;
    readonly protocolVersion?: string;
    readonly arguments?: Readonly<Record<string, string>>;
  };
}

const NAMES = ["echo", "env", "fail", "hang", "crash", "big", "picture", "data", "grow"];
const names = [...NAMES];

const send = (message: object) =>
  process.stdout.write(`${JSON.stringify({ jsonrpc: "2.0", ...message })}\n`);
const text = (words: string) => ({ content: [{ type: "text", text: words }] });

process.stdout.write("Welcome to the test server!\n");
process.stderr.write("the test server begins\n");
createInterface({ input: process.stdin }).on("line", (line) => {
  const { id, method, params } = JSON.parse(line) as Request;
  if (method === "initialize") {
    const serverInfo = { name: "test", version: "1.0.0" };
    const { protocolVersion } = params ?? {};
    const capabilities = { tools: { listChanged: true } };
    send({ id, result: { protocolVersion, capabilities, serverInfo } });
  } else if (method === "tools/list") send({ id, result: { tools: names.map(describe) } });
  else if (method === "tools/call") answer(id, params?.name ?? "", params?.arguments ?? {});
  else if (id !== undefined) send({ id, error: { code: -32601, message: "no such method" } });
});

function describe(name: string) {
  const properties = { text: { type: "string", description: "What to say." } };
  return { name, description: `Does ${name}.`, inputSchema: { type: "object", properties } };
}

function answer(id: number | undefined, name: string, input: Readonly<Record<string, string>>) {
  switch (name) {
    case "echo":
      return send({ id, result: text(`echo: ${input.text}`) });
    case "env":
      return send({ id, result: text(JSON.stringify(process.env)) });
    case "fail":
      return send({ id, result: { ...text("that did not work"), isError: true } });
    case "hang":
      return;
    case "crash":
      return process.exit(3);
    case "big":
      return send({ id, result: text("x".repeat(3_000_000)) });
    case "picture":
      return send({
        id,
        result: { content: [{ type: "image", mimeType: "image/png", data: "QUJDRA==" }] },
      });
    case "data":
      return send({ id, result: { content: [], structuredContent: { answer: 42 } } });
    case "grow":
      names.push("grown");
      send({ method: "notifications/tools/list_changed" });
      return send({ id, result: text("grown") });
  }
}
