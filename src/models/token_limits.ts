/** Room that is left below a limit: providers count some tokens of their own. */
const SPARE_TOKENS = 64;

/** The numbers in a provider's words about limits; each is missing where they do not tell. */
export interface TokenLimits {
  /** Most tokens of a request, input and output together. */
  readonly contextTokensMax?: number;
  /** Most tokens that the model may be allowed for its answer, to this request. */
  readonly outputTokensMax?: number;
}

/** `190000 + 21333 > 200000`: input, output, window. */
const SUM = /(\d+) \+ (\d+) > (\d+)/;
const WINDOW =
  /(?:context|prompt) (?:length|window|limit|size)(?: \([^)]*\))?(?: is| of|:| =)? (\d+)/;
const WINDOW_AFTER = /(\d+) tokens? (?:context|maximum context|model context)/;
/** `3000 in the messages`, `120000 of text input`, `100 input tokens`. */
const INPUT = /(\d+) (?:in the (?:messages|prompt)|of text input|input tokens)/;
const OUTPUT = [
  /can only afford (\d+)/,
  /max_\w*tokens\D{0,3} \d+ > (\d+)/,
  /(?:at most|less than or equal to|<=|maximum allowed value(?: is| of)?|maximum value(?: is| of)?) (\d+)/,
  /range of max_tokens should be \[\d+, ?(\d+)\]/,
];

/** Reads what a provider says about its limits. Pure; works on words in any case. */
export function parseTokenLimits(text: string): TokenLimits {
  const words = text.toLowerCase().replaceAll(/(?<=\d)[,_](?=\d{3})/g, "");
  const number = (pattern: RegExp, group = 1) => {
    const digits = pattern.exec(words)?.[group];
    return digits === undefined ? undefined : Number(digits);
  };
  const contextTokensMax = number(SUM, 3) ?? number(WINDOW) ?? number(WINDOW_AFTER);
  const inputTokens = number(SUM) ?? number(INPUT);
  const left = contextTokensMax === undefined || inputTokens === undefined
    ? undefined
    : contextTokensMax - inputTokens - SPARE_TOKENS;
  const allowed = OUTPUT.map((pattern) => number(pattern)).find((found) => found !== undefined);
  const outputTokensMax = allowed ?? left;
  return {
    ...(contextTokensMax !== undefined && { contextTokensMax }),
    ...(outputTokensMax !== undefined && { outputTokensMax }),
  };
}
