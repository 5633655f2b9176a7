/**
 * Which of two versions is the newer one: negative when it is `b`, positive when it is `a`, 0 when
 * neither is. Source: https://semver.org, section 11.
 */
export function compareVersions(a: string, b: string): number {
  const one = parse(a);
  const other = parse(b);
  return compareParts(one.numbers, other.numbers) ||
    // A version comes after its own release candidates.
    Number(one.early.length === 0) - Number(other.early.length === 0) ||
    compareParts(one.early, other.early);
}

function parse(version: string) {
  const [numbers = "", ...early] = version.replace(/\+.*/, "").split("-");
  const words = early.join("-");
  return { numbers: numbers.split("."), early: words === "" ? [] : words.split(".") };
}

function compareParts(a: readonly string[], b: readonly string[]): number {
  for (let index = 0; index < Math.max(a.length, b.length); index++) {
    const [one, other] = [a[index], b[index]];
    if (one === undefined || other === undefined) return one === undefined ? -1 : 1;
    const difference = comparePart(one, other);
    if (difference !== 0) return difference;
  }
  return 0;
}

/** Numbers count as such, and come before words. */
function comparePart(a: string, b: string): number {
  const [isNumber, isOtherNumber] = [/^\d+$/.test(a), /^\d+$/.test(b)];
  if (isNumber && isOtherNumber) return Number(a) - Number(b);
  if (isNumber !== isOtherNumber) return isNumber ? -1 : 1;
  return a === b ? 0 : a < b ? -1 : 1;
}
