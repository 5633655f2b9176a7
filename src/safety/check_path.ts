import { realPathOf } from "./real_path.ts";
import { judgeRead, judgeWrite, type PathPlaces } from "./path_rules.ts";

/** Use `realPath`, not the path that was asked about: a link may be turned in between. */
export type CheckedPath =
  | { readonly kind: "allowed"; readonly realPath: string }
  | { readonly kind: "refused"; readonly realPath: string; readonly reason: string };

/** Follows the links of `path`, which may not exist yet, and applies the rules to where they lead. */
export async function checkPath(
  path: string,
  purpose: "read" | "write",
  places: PathPlaces,
): Promise<CheckedPath> {
  const [realPath, userHome, hermesHome, writeRoot] = await Promise.all([
    realPathOf(path),
    realPathOf(places.userHome),
    realPathOf(places.hermesHome),
    places.writeRoot === undefined ? undefined : realPathOf(places.writeRoot),
  ]);
  const judge = purpose === "read" ? judgeRead : judgeWrite;
  const verdict = judge(realPath, { userHome, hermesHome, writeRoot });
  return verdict.kind === "allowed"
    ? { kind: "allowed", realPath }
    : { kind: "refused", realPath, reason: verdict.reason };
}
