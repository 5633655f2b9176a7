import type { Route } from "./route.ts";

/** Uploading and reading files. */
export const FILE_ROUTES: readonly Route[] = [];
