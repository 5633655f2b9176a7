/**
 * How `actual` differs from `recorded` in shape: the names of fields and the types of their values.
 * Values may differ. An element of a list has to look like one of the recorded elements; an object
 * whose keys are ids is such a list.
 */
export function shapeDifferences(recorded: unknown, actual: unknown, path = "$"): string[] {
  const kinds = [kindOf(recorded), kindOf(actual)];
  if (kinds[0] !== kinds[1]) return [`${path}: recorded ${kinds[0]}, got ${kinds[1]}`];
  if (kinds[0] === "list") return listDifferences(elementsOf(recorded), elementsOf(actual), path);
  if (kinds[0] !== "object") return [];
  const left = recorded as Record<string, unknown>;
  const right = actual as Record<string, unknown>;
  return [
    ...Object.keys(left).filter((key) => !(key in right)).map((key) => `${path}.${key}: missing`),
    ...Object.keys(right).filter((key) => !(key in left)).map((key) => `${path}.${key}: extra`),
    ...Object.keys(left).filter((key) => key in right)
      .flatMap((key) => shapeDifferences(left[key], right[key], `${path}.${key}`)),
  ];
}

function listDifferences(
  recorded: readonly unknown[],
  actual: readonly unknown[],
  path: string,
): string[] {
  if (recorded.length === 0 || actual.length === 0) {
    return recorded.length === actual.length
      ? []
      : [`${path}: recorded ${recorded.length} elements, got ${actual.length}`];
  }
  return actual.flatMap((element, index) => {
    const tries = recorded.map((other) => shapeDifferences(other, element, `${path}[${index}]`));
    return tries.sort((a, b) => a.length - b.length)[0] ?? [];
  });
}

function kindOf(value: unknown): string {
  if (value === null) return "null";
  if (Array.isArray(value)) return "list";
  if (typeof value !== "object") return typeof value;
  const keys = Object.keys(value);
  return keys.length > 0 && keys.every((key) => /^[a-z0-9]{26}$/.test(key)) ? "list" : "object";
}

function elementsOf(value: unknown): unknown[] {
  return Array.isArray(value) ? value : Object.values(value as object);
}
