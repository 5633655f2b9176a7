import { UpdateError } from "./update_error.ts";

/** `deno task release` defines it. A program that was built without it knows no releases. */
declare const HERMES_RELEASES_URL: string | undefined;

const RELEASES_URL = typeof HERMES_RELEASES_URL === "string" ? HERMES_RELEASES_URL : undefined;

/** The address below which the releases are, without a slash at its end. @throws UpdateError */
export function releasesUrl(
  environment: Readonly<Record<string, string | undefined>>,
): string {
  const url = environment.HERMES_INSTALL_URL || RELEASES_URL;
  if (url === undefined) {
    throw new UpdateError(
      "no_address",
      "Cannot look for a newer version: this hermes was built without an address of its releases",
      "Set HERMES_INSTALL_URL to the address of the releases.",
    );
  }
  if (!/^https?:\/\//.test(url) || !URL.canParse(url)) {
    throw new UpdateError(
      "no_address",
      `Cannot download from "${url}": it does not begin with https://`,
      "Correct HERMES_INSTALL_URL.",
    );
  }
  return url.replace(/\/+$/, "");
}
