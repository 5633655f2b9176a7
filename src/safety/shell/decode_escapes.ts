const SIMPLE: Readonly<Record<string, string>> = {
  a: "\x07",
  b: "\b",
  e: "\x1b",
  E: "\x1b",
  f: "\f",
  n: "\n",
  r: "\r",
  t: "\t",
  v: "\v",
};
const ESCAPE =
  /\\(?:x([\da-fA-F]{1,2})|u([\da-fA-F]{1,4})|U([\da-fA-F]{1,8})|(0?[0-7]{1,3})|c(.)|(.))/gs;

/** The text that `$'…'`, `echo -e` and `printf` make of escapes such as `\x72` and `\162`. */
export function decodeEscapes(text: string): string {
  return text.replace(
    ESCAPE,
    (
      all,
      byte?: string,
      short?: string,
      long?: string,
      octal?: string,
      control?: string,
      other = "",
    ) => {
      const code = byte ?? short ?? long;
      if (code !== undefined) return fromCode(Number.parseInt(code, 16)) ?? all;
      if (octal !== undefined) return fromCode(Number.parseInt(octal, 8) & 0xff) ?? all;
      if (control !== undefined) return String.fromCharCode(control.charCodeAt(0) & 0x1f);
      return SIMPLE[other] ?? other;
    },
  );
}

function fromCode(code: number): string | undefined {
  return code <= 0x10ffff ? String.fromCodePoint(code) : undefined;
}
