/** Larger than the signature of 1,000 files with the longest paths. */
export const maxSignatureBytes = 1024 * 1024
/** Larger than any manifest that is right. */
export const maxManifestBytes = 8 * 1024 * 1024
/** How much a bundle may take of the private staging folder unless the caller says otherwise. */
export const defaultMaxTotalBytes = 64 * 1024 ** 3
