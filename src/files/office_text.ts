import type { UnzipFileInfo } from "fflate";

/** What a part of a document may be when it is unpacked; an archive may claim any size. */
const PART_BYTES_MAX = 20_000_000;
const PARTS_BYTES_MAX = 40_000_000;
const PARTS_MAX = 500;

type Parts = ReadonlyMap<string, string>;

/** A document that cannot be read, or that would be too much. */
export class OfficeError extends Error {
  override readonly name = "OfficeError";
}

/**
 * The text of an office document: of a text its paragraphs, of a table its cells with tabs between,
 * of slides what stands on them. Throws an `OfficeError`.
 */
export async function officeText(
  bytes: Uint8Array,
  format: "docx" | "xlsx" | "pptx" | "odf",
): Promise<string> {
  switch (format) {
    case "docx":
      return paragraphs((await unpack(bytes, /^word\/document\.xml$/)).values().toArray());
    case "odf":
      return paragraphs((await unpack(bytes, /^content\.xml$/)).values().toArray());
    case "pptx": {
      const slides = await unpack(bytes, /^ppt\/slides\/slide\d+\.xml$/);
      return inOrder(slides).map(([, xml], index) => `## Slide ${index + 1}\n${paragraphs([xml])}`)
        .join("\n\n");
    }
    case "xlsx":
      return sheets(
        await unpack(bytes, /^xl\/(?:workbook|sharedStrings|worksheets\/sheet\d+)\.xml$/),
      );
  }
}

async function unpack(bytes: Uint8Array, wanted: RegExp): Promise<Parts> {
  const { unzipSync } = await import("fflate");
  let total = 0;
  let count = 0;
  const filter = ({ name, originalSize }: UnzipFileInfo) => {
    if (!wanted.test(name)) return false;
    total += originalSize;
    count++;
    if (originalSize > PART_BYTES_MAX || total > PARTS_BYTES_MAX || count > PARTS_MAX) {
      throw new OfficeError("it would be too large when unpacked");
    }
    return true;
  };
  try {
    const files = Object.entries(unzipSync(bytes, { filter }));
    if (files.length === 0) throw new OfficeError("it holds no document");
    return new Map(files.map(([name, data]) => [name, new TextDecoder().decode(data)]));
  } catch (error) {
    throw error instanceof OfficeError ? error : new OfficeError("it is damaged");
  }
}

/** Elements that end a paragraph, a line or a cell, in the formats of both families. */
const BREAKS = /<\/(?:w:p|a:p|text:p|text:h)>|<(?:w:br|a:br|text:line-break)\b[^>]*>/g;
const TABS = /<(?:w:tab|text:tab)\b[^>]*\/?>|<\/(?:w:tc|a:tc|table:table-cell)>/g;
const ROWS = /<\/(?:w:tr|a:tr|table:table-row)>/g;

function paragraphs(parts: readonly string[]): string {
  return parts.map((xml) => {
    const inCells = xml.replace(
      /<(w:tc|a:tc|table:table-cell)\b[^>]*>[^]*?<\/\1>/g,
      (cell) => cell.replace(BREAKS, " "),
    );
    return plain(inCells.replace(BREAKS, "\n").replace(TABS, "\t").replace(ROWS, "\n"));
  }).join("\n").replaceAll(/[^\S\n\t]+(?=[\n\t])/g, "").replaceAll(/\n{3,}/g, "\n\n").trim();
}

function sheets(parts: Parts): string {
  const strings = [
    ...(parts.get("xl/sharedStrings.xml") ?? "").matchAll(/<si\b[^>]*>([^]*?)<\/si>/g),
  ]
    .map(([, inner]) => plain((inner ?? "").replaceAll(/<rPh\b[^]*?<\/rPh>/g, "")));
  const names = [...(parts.get("xl/workbook.xml") ?? "").matchAll(/<sheet\b[^>]*\bname="([^"]*)"/g)]
    .map(([, name]) => unescapeXml(name ?? ""));
  return inOrder(parts).filter(([name]) => name.startsWith("xl/worksheets/"))
    .map(([, xml], index) => `## ${names[index] ?? `Sheet ${index + 1}`}\n${rows(xml, strings)}`)
    .join("\n\n");
}

function rows(xml: string, strings: readonly string[]): string {
  return [...xml.matchAll(/<row\b[^>]*>([^]*?)<\/row>/g)].map(([, row]) => {
    const cells: string[] = [];
    for (
      const [, attributes = "", inner = ""] of (row ?? "").matchAll(
        /<c\b([^>]*?)(?:\/>|>([^]*?)<\/c>)/g,
      )
    ) {
      const column = columnOf(attributes.match(/\br="([A-Z]{1,3})\d+"/)?.[1]);
      while (cells.length < (column ?? cells.length)) cells.push("");
      const value = inner.match(/<v\b[^>]*>([^]*?)<\/v>/)?.[1];
      const isShared = /\bt="s"/.test(attributes);
      cells.push(isShared ? strings[Number(value)] ?? "" : plain(value ?? inner));
    }
    return cells.join("\t");
  }).join("\n");
}

const COLUMNS_MAX = 500;

/** `A` is 0, `AA` is 26; `undefined` where a cell does not say, or lies too far away. */
function columnOf(letters: string | undefined): number | undefined {
  if (letters === undefined) return undefined;
  const column = [...letters].reduce((sum, letter) => sum * 26 + letter.charCodeAt(0) - 64, 0) - 1;
  return column < COLUMNS_MAX ? column : undefined;
}

/** Parts by the number in their names. */
function inOrder(parts: Parts): [string, string][] {
  const numberOf = (name: string) => Number(name.match(/(\d+)\.xml$/)?.[1] ?? 0);
  return [...parts].toSorted(([a], [b]) => numberOf(a) - numberOf(b));
}

function plain(xml: string): string {
  return unescapeXml(xml.replaceAll(/<[^>]*>/g, ""));
}

const ENTITIES: Readonly<Record<string, string>> = {
  lt: "<",
  gt: ">",
  amp: "&",
  quot: '"',
  apos: "'",
};

function unescapeXml(text: string): string {
  return text.replaceAll(
    /&(?:#(\d{1,7})|#x([\da-f]{1,6})|(lt|gt|amp|quot|apos));/gi,
    (entity, decimal, hex, name) => {
      if (name !== undefined) return ENTITIES[String(name).toLowerCase()] ?? entity;
      const code = decimal === undefined ? parseInt(hex, 16) : Number(decimal);
      return code <= 0x10ffff ? String.fromCodePoint(code) : entity;
    },
  );
}
