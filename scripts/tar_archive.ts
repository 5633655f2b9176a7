import { constants, gzipSync } from "node:zlib";

export interface TarEntry {
  readonly name: string;
  readonly mode: number;
  readonly bytes: Uint8Array;
}

const BLOCK_BYTES = 512;
/** Longest name that a header of ustar holds without a second one. */
const NAME_BYTES_MAX = 100;

/**
 * A .tar.gz of these files, with the same bytes each time: nobody's name, no time, and the order as
 * given. Our own because the options for that are not the same in each system's tar.
 */
export function tarGz(entries: readonly TarEntry[], level: number = constants.Z_BEST_COMPRESSION) {
  const blocks = entries.flatMap(({ bytes, ...entry }) => [
    header(entry, bytes.length),
    bytes,
    new Uint8Array(-bytes.length & (BLOCK_BYTES - 1)),
  ]);
  return gzipSync(Buffer.concat([...blocks, new Uint8Array(2 * BLOCK_BYTES)]), { level });
}

/** Source: POSIX.1-2024, pax, "ustar Interchange Format". */
function header({ name, mode }: Omit<TarEntry, "bytes">, size: number): Uint8Array {
  if (Buffer.byteLength(name) > NAME_BYTES_MAX) throw new Error(`Too long for tar: ${name}`);
  const block = Buffer.alloc(BLOCK_BYTES);
  block.write(name, 0);
  block.write(octal(mode, 7), 100);
  block.write(octal(0, 7), 108); // The owner's id.
  block.write(octal(0, 7), 116); // That of the group.
  block.write(octal(size, 11), 124);
  block.write(octal(0, 11), 136); // When it was changed.
  block.write("        ", 148); // The place of the checksum counts as blanks.
  block.write("0", 156); // An ordinary file.
  block.write("ustar\u000000", 257);
  const sum = block.reduce((total, byte) => total + byte, 0);
  block.write(`${octal(sum, 6)}\0 `, 148);
  return block;
}

function octal(value: number, digits: number): string {
  return value.toString(8).padStart(digits, "0");
}
