import { cutText } from "../../transcript/cut_text.ts";
import { ByteRing } from "./byte_ring.ts";
import { toPlainText } from "./plain_text.ts";

/** Of a longer output the beginning and the end are shown: errors tend to stand at the end. */
export const HEAD_CHARS_MAX = 20_000;
export const TAIL_CHARS_MAX = 30_000;
/** A character has at most four bytes. */
const CHAR_BYTES_MAX = 4;

/** What a command printed, as much of it as is shown: a command may print without end. */
export class OutputRecord {
  readonly #head = new Uint8Array(HEAD_CHARS_MAX * CHAR_BYTES_MAX);
  #headBytes = 0;
  readonly #tail = new ByteRing(TAIL_CHARS_MAX * CHAR_BYTES_MAX);

  add(chunk: Uint8Array): void {
    const forHead = chunk.subarray(0, this.#head.length - this.#headBytes);
    this.#head.set(forHead, this.#headBytes);
    this.#headBytes += forHead.length;
    this.#tail.add(chunk.subarray(forHead.length));
  }

  /** `redact` sees more than is shown, so that no cut hides a part of a secret from it. */
  text(redact: (text: string) => string): string {
    const show = (bytes: Uint8Array) => redact(toPlainText(decodeWhole(bytes)));
    const head = this.#head.subarray(0, this.#headBytes);
    const tail = this.#tail.bytes();
    const lostBytes = this.#tail.totalBytes - tail.length;
    if (lostBytes > 0) return joined(show(head), show(tail), lostBytes);
    const whole = show(Buffer.concat([head, tail]));
    if (whole.length <= HEAD_CHARS_MAX + TAIL_CHARS_MAX) return whole;
    return joined(whole, whole, -Buffer.byteLength(whole));
  }
}

/** `lostBytes`: those that are in neither text; negative for those that are in both. */
function joined(before: string, after: string, lostBytes: number): string {
  const head = cutText(before, HEAD_CHARS_MAX);
  const tail = after.slice(-TAIL_CHARS_MAX).replace(/^[\uDC00-\uDFFF]/, "");
  const shownBytes = Buffer.byteLength(head) + Buffer.byteLength(tail);
  const allBytes = Buffer.byteLength(before) + lostBytes + Buffer.byteLength(after);
  const note = `[About ${allBytes - shownBytes} bytes of the output are left out here.]`;
  return `${head}\n${note}\n${tail}`;
}

/** Without what a cut has left of a character at both ends; other bad bytes become U+FFFD. */
export function decodeWhole(bytes: Uint8Array): string {
  const isRest = (byte: number | undefined) => byte !== undefined && (byte & 0xc0) === 0x80;
  let start = 0;
  while (start < CHAR_BYTES_MAX - 1 && isRest(bytes[start])) start++;
  return new TextDecoder().decode(bytes.subarray(start), { stream: true });
}
