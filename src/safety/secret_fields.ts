import { looksRandom, MASK, maskSecret } from "./mask_secret.ts";

/**
 * A name that ends in a word for secrets, what stands between it and the value, and the value: in
 * quotation marks, which may not be closed yet, or not.
 */
const FIELD =
  /(?<![\w.-])([\w.-]{0,60}?(?:pass|passwd|password|passphrase|pwd|secret|token|key|credentials?))(\\{0,2}["'`]?[ \t]{0,4}(?::=|=>|[:=])[ \t]{0,4})(?:(\\{0,2}["'`])((?:(?!\3)[^\n]){1,4000})(\3|$)|(?=([^\s"'`\\,;&|<>(){}[\]]{4,4000}))\6(?![\w([]))/gi;
/** `--token VALUE`, as commands are called. */
const OPTION =
  /(\s--?[\w-]{0,40}?(?:password|passwd|token|secret|api-?key|access-key)[ \t]{1,4}["']?)([^\s"'-][^\s"']{3,4000})/gi;

/**
 * Hides the values of fields whose name says that they are secret: `NAME=value`, JSON, YAML, options
 * of a command, queries of an address. Code that only handles such fields stays as it is.
 */
export function hideFields(text: string): string {
  return text
    .replace(
      FIELD,
      (all, name: string, between: string, open = "", quoted?: string, close = "", plain = "") => {
        const value = quoted ?? plain;
        if (!isSecretField(name, value)) return all;
        // What is not closed yet still grows: its end would tell the secret bit by bit.
        const isOpen = open !== "" && close === "";
        return `${name}${between}${open}${isOpen ? MASK : maskSecret(value)}${close}`;
      },
    )
    .replace(OPTION, (all, option: string, value: string) => {
      return isLiteral(value) ? option + maskSecret(value) : all;
    });
}

const SECRET_NAME =
  /(?:(?:^|[^a-z])(?:pass|pwd)|passwd|password|passphrase|secret|token|credentials?|(?:api|access|secret|private|encryption|signing|auth|master|account|storage|shared|service|client|consumer|license)[_.-]?key)$/i;
const PASSWORD_NAME = /(?:pass|passwd|password|passphrase|pwd)$/i;
/** The working folder of a shell, and tokens that are pieces of text or of a list. */
const OPEN_NAME =
  /^(?:old)?pwd$|(?:max|min|num|total|next|page|sync|pad|eos|bos|unk|mask|stop)[_.-]?token$/i;
const VARIABLE = /^[A-Z][A-Z0-9_]+$/;
const VARIABLE_KEY =
  /(?<!PUBLIC|PRIMARY|FOREIGN|SORT|CACHE|PARTITION|GROUP|ROW|HOT|SHORTCUT)_?KEY$/;

function isSecretField(name: string, value: string): boolean {
  if (OPEN_NAME.test(name) || !isLiteral(value)) return false;
  const isVariable = VARIABLE.test(name);
  if (!SECRET_NAME.test(name)) return isVariable && VARIABLE_KEY.test(name) && looksChosen(value);
  if (/\s/.test(value)) return isVariable || /passphrase$/i.test(name);
  if (looksChosen(value)) return true;
  if (PASSWORD_NAME.test(name)) return /^(?:[a-z-]{6,}|\d{4,})$/.test(value);
  return isVariable && value.length >= 6 && !/^\d+$/.test(value);
}

/** References to the place of a secret, as code and settings have them. */
const REFERENCE = /^[$<{%@*&!/~.]|\$[{(]|^[A-Za-z_]\w*(?:\.[A-Za-z_]\w*)+$|^file:|:\/\//;
const PLACEHOLDER = /^(?:your|change|example|placeholder|insert|replace|enter|dummy)[-_ ]?|^x{3,}/i;
/** What stands there in documents and declarations of types. */
const WORDS = new Set([
  ...["string", "number", "boolean", "object", "undefined", "optional", "required", "default"],
  ...["password", "passwd", "passphrase", "secret", "token", "hidden", "redacted", "masked"],
  ...["incorrect", "invalid", "missing", "expired", "changed", "unknown", "random", "prompt"],
  ...["nullable", "readonly", "private", "public", "encrypted", "plaintext", "basic", "bearer"],
]);

function isLiteral(value: string): boolean {
  return !REFERENCE.test(value) && !PLACEHOLDER.test(value) && !WORDS.has(value.toLowerCase());
}

/** Letters and digits mixed, or signs that no word has. */
function looksChosen(value: string): boolean {
  if (value.length < 6) return false;
  return (/\d/.test(value) && /[a-z]/i.test(value)) || /[!#%^*+?@]/.test(value) ||
    looksRandom(value.replace(/\d/g, ""));
}
