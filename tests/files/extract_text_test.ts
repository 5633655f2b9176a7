import assert from "node:assert/strict";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import { strToU8, zipSync } from "fflate";
import { extractText } from "../../src/files/extract_text.ts";
import { type FileKind, SNIFF_BYTES, sniffFile } from "../../src/files/file_kind.ts";
import { docxWith, pdfWith, PNG } from "../support/sample_files.ts";
import { tempDir } from "../support/temp_dir.ts";

async function extract(name: string, bytes: Uint8Array) {
  await using dir = await tempDir();
  const path = join(dir.path, name);
  await writeFile(path, bytes);
  return await extractText(path, await sniffFile(bytes.subarray(0, SNIFF_BYTES), name));
}

function office(parts: Readonly<Record<string, string>>): Uint8Array {
  return zipSync(
    Object.fromEntries(Object.entries(parts).map(([name, xml]) => [name, strToU8(xml)])),
  );
}

const SHEET = `<worksheet><sheetData>
<row r="1"><c r="A1" t="s"><v>0</v></c><c r="C1"><v>42</v></c></row>
<row r="2"><c r="A2" t="inlineStr"><is><t>a &amp; b</t></is></c><c r="B2" t="s"><v>1</v></c></row>
</sheetData></worksheet>`;
const documents: readonly [name: string, bytes: Uint8Array, text: string][] = [
  ["a.txt", strToU8("plain ü"), "plain ü"],
  ["a.pdf", pdfWith("Hello"), "## Page 1\nHello"],
  ["a.docx", docxWith("One &lt;1&gt;", "Two &#228;"), "One <1>\nTwo ä"],
  [
    "table.docx",
    office({
      "word/document.xml":
        "<w:tbl><w:tr><w:tc><w:p><w:t>a</w:t></w:p></w:tc><w:tc><w:p><w:t>b</w:t>" +
        "</w:p></w:tc></w:tr></w:tbl>",
    }),
    "a\tb",
  ],
  [
    "a.xlsx",
    office({
      "xl/workbook.xml": '<sheets><sheet name="Costs" sheetId="1"/></sheets>',
      "xl/sharedStrings.xml":
        "<sst><si><t>Name</t></si><si><r><t>x</t></r><r><t>y</t></r></si></sst>",
      "xl/worksheets/sheet1.xml": SHEET,
    }),
    "## Costs\nName\t\t42\na & b\txy",
  ],
  [
    "a.pptx",
    office({
      "ppt/slides/slide10.xml": "<a:p><a:t>last</a:t></a:p>",
      "ppt/slides/slide2.xml": "<a:p><a:t>first</a:t></a:p>",
    }),
    "## Slide 1\nfirst\n\n## Slide 2\nlast",
  ],
];
for (const [name, bytes, text] of documents) {
  test(`[P150] extractText() reads ${name}`, async () => {
    assert.deepEqual(await extract(name, bytes), { kind: "text", text });
  });
}

/** An archive that claims to hold more than it may. */
function bomb(): Uint8Array {
  return zipSync({ "word/document.xml": new Uint8Array(30_000_000) }, { level: 9 });
}

const unreadable: readonly [what: string, name: string, bytes: Uint8Array, reason: RegExp][] = [
  ["a torn PDF", "a.pdf", pdfWith("x").slice(0, 80), /damaged|images|pages/],
  ["an archive that would burst", "a.docx", bomb(), /too large when unpacked/],
  ["an archive that is no document", "a.docx", office({ "x.txt": "x" }), /no document/],
  ["a torn archive", "a.docx", docxWith("x").slice(0, 100), /damaged/],
  ["an image", "a.png", PNG, /no text in image\/png/],
];
for (const [what, name, bytes, reason] of unreadable) {
  test(`[P151] extractText() says why ${what} has no text`, async () => {
    const extracted = await extract(name, bytes);
    assert.match(extracted.kind === "none" ? extracted.reason : extracted.text, reason);
    assert.equal(extracted.kind, "none");
  });
}

const kinds: readonly [name: string, head: Uint8Array, kind: FileKind][] = [
  ["photo.png", strToU8("#!/bin/sh\necho not an image"), "text"],
  ["notes.txt", PNG, "image"],
  ["a.bin", Uint8Array.of(0, 1, 2, 3), "binary"],
  ["latin1.txt", Uint8Array.of(0x68, 0xe4, 0x68), "binary"],
  ["a.svg", strToU8("<svg xmlns='http://www.w3.org/2000/svg'/>"), "text"],
  ["a.wav", strToU8("RIFF\x00\x00\x00\x00WAVEfmt "), "audio"],
];
for (const [name, head, kind] of kinds) {
  test(`sniffFile() goes by what is in ${name}, not by its name: ${kind}`, async () => {
    assert.equal((await sniffFile(head, name)).kind, kind);
  });
}
