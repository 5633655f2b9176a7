/** `X-Version-Id` and the version in `hello`: version, build, hash of the configuration, licensed. */
export const VERSION_ID = "11.6.0.11.6.0.0123456789abcdef.false";
