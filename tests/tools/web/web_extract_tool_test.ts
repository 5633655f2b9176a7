import assert from "node:assert/strict";
import { test } from "node:test";
import { systemClock } from "../../../src/runtime/clock.ts";
import { resolveHost } from "../../../src/runtime/resolve_host.ts";
import { createRedactor } from "../../../src/safety/redact.ts";
import { createWebExtractTool } from "../../../src/tools/web/web_extract_tool.ts";
import { pdfWith } from "../../support/sample_files.ts";
import { toolContext } from "../../support/tool_context.ts";
import { startWeb } from "./web_lab.ts";

const { signal } = new AbortController();

function extract(urls: readonly string[], options: { readonly allowsPrivate?: boolean } = {}) {
  const { allowsPrivate = true } = options;
  const redact = createRedactor({ secrets: () => ["hunter2-secret"], hidesPatterns: true });
  const policy = { allowsPrivate };
  const tool = createWebExtractTool({ fetch, resolveHost, policy, clock: systemClock, redact });
  return tool.run(tool.input.parse({ urls }), toolContext(), signal);
}

const ARTICLE = `<!doctype html><html><head><title>Atlas</title><style>x{}</style></head><body>
<nav><a href="/home">Home</a></nav><article><h1>The atlas</h1>
${"<p>The server <b>atlas</b> stands in Rome, next to the old one.</p>".repeat(8)}
<p><a href="more.html">More</a></p></article><script>alert(1)</script></body></html>`;

test("[P153] web_extract gives what is to be read on a page, as Markdown with whole links", async () => {
  await using web = await startWeb({ "/a/page.html": { body: ARTICLE } });
  const text = await extract([`${web.url}/a/page.html`]);
  assert.match(text, /^# Atlas\n/);
  assert.match(text, /The server \*\*atlas\*\* stands in Rome/);
  assert.ok(text.includes(`[More](${web.url}/a/more.html)`));
  assert.doesNotMatch(text, /alert|x\{\}/);
});

test("[P153] web_extract reads PDFs, plain texts, and other charsets", async () => {
  const latin1 = Uint8Array.from(
    "<html><body><p>Käse</p></body></html>",
    (char) => char.charCodeAt(0),
  );
  await using web = await startWeb({
    "/a.pdf": { headers: { "content-type": "application/pdf" }, body: pdfWith("Hello PDF") },
    "/a.json": { headers: { "content-type": "application/json" }, body: '{"a": 1}' },
    "/latin": { headers: { "content-type": "text/html; charset=iso-8859-1" }, body: latin1 },
  });
  const text = await extract(["/a.pdf", "/a.json", "/latin"].map((path) => web.url + path));
  for (const part of [/Hello PDF/, /\{"a": 1\}/, /Käse/]) assert.match(text, part);
});

test("[P153] web_extract reads the pages that it can, and says of the others why not", async () => {
  await using web = await startWeb({
    "/good": { body: "<p>fine</p>" },
    "/image": { headers: { "content-type": "image/png" }, body: Uint8Array.of(0x89, 0, 1, 2) },
    "/moved": { status: 302, headers: { location: "/good" } },
  });
  const paths = ["/good", "/missing", "/image", "/moved"];
  const text = await extract(paths.map((path) => web.url + path));
  assert.match(text, /missing": the server answers 404/);
  assert.match(text, /image": there is no text in image\/png/);
  assert.equal(text.match(/fine/g)?.length, 2);
});

test("web_extract cuts a long page, and says how long it is", async () => {
  await using web = await startWeb({
    "/long": { headers: { "content-type": "text/plain" }, body: "word ".repeat(10_000) },
  });
  assert.match(await extract([`${web.url}/long`]), /\[Cut: 50000 characters in all\.\]$/);
});

test("[P102] web_extract opens no address of a private network, and sends no secret anywhere", async () => {
  await using web = await startWeb({ "/": { body: "inside" } });
  await assert.rejects(
    extract([web.url], { allowsPrivate: false }),
    /private|this machine|loopback/i,
  );
  await assert.rejects(extract([`${web.url}/?q=hunter2-secret`]), /looks like a key or password/);
  assert.equal(web.requests.length, 0);
});
