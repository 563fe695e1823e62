import {
  BundlePath,
  type Json,
  MANIFEST_FILE,
  MANIFEST_VERSION,
  Manifest,
  PlatformError,
  SIGNATURE_FILE,
} from '@airlock-ml/contract'
import { sha256Hex } from '@airlock-ml/stack'
import { canonicalJson } from './canonical-json.ts'
import { parseShallowJson } from './shallow-json.ts'

const invalid = (message: string, file: string, details: Record<string, Json> = {}): PlatformError =>
  new PlatformError('bundle_invalid', message, { file, ...details })

/** A manifest as the bytes its digest is of: its files by path, in canonical JSON. Throws when it is not valid. */
export const manifestBytes = (manifest: Manifest): Uint8Array => {
  const { files, ...rest } = Manifest.parse(manifest)
  assertPaths(files.map((file) => file.path))
  return canonicalJson({ ...rest, files: files.toSorted((a, b) => (a.path < b.path ? -1 : 1)) })
}

/** The digest that a bundle with this manifest has: SHA-256 of its bytes, hex. Throws when it is not valid. */
export const bundleDigestOf = (manifest: Manifest): string => sha256Hex(manifestBytes(manifest))

/** Reads a manifest whose signature was verified. Throws `bundle_too_new` or `bundle_invalid`. */
export const parseManifest = (bytes: Uint8Array): Manifest => {
  const value = parse(bytes)
  assertVersion(value)
  if (Buffer.compare(canonicalJson(value), bytes) !== 0) {
    throw invalid(`${MANIFEST_FILE} is not in canonical form, so it could be read in two ways.`, MANIFEST_FILE)
  }
  const paths = pathsIn(value)
  const outside = paths.find((path) => !BundlePath.safeParse(path).success)
  if (outside !== undefined) {
    const shown = String(outside).slice(0, 300)
    throw invalid(`${MANIFEST_FILE} names ${JSON.stringify(shown)}, which is no place in a bundle.`, shown)
  }
  const { data, error } = Manifest.safeParse(value)
  if (error) {
    const issues = error.issues.slice(0, 20).map(({ path, message }) => `${path.join('.')}: ${message}`)
    throw invalid(`${MANIFEST_FILE} is not a valid manifest: ${issues[0]}.`, MANIFEST_FILE, { issues })
  }
  assertPaths(data.files.map((file) => file.path))
  return data
}

const parse = (bytes: Uint8Array): unknown => {
  try {
    return parseShallowJson(bytes)
  } catch (cause) {
    const why = cause instanceof SyntaxError ? 'it is not JSON' : (cause as Error).message
    throw new PlatformError(
      'bundle_invalid',
      `${MANIFEST_FILE} is refused: ${why}.`,
      { file: MANIFEST_FILE },
      { cause },
    )
  }
}

const assertVersion = (value: unknown): void => {
  const version = typeof value === 'object' && value !== null && 'formatVersion' in value ? value.formatVersion : null
  if (typeof version !== 'number' || version <= MANIFEST_VERSION) return
  throw new PlatformError(
    'bundle_too_new',
    `${MANIFEST_FILE} has version ${version}; this Airlock reads up to ${MANIFEST_VERSION}.`,
    { file: MANIFEST_FILE, version, readable: MANIFEST_VERSION },
  )
}

const pathsIn = (value: unknown): unknown[] => {
  const files = typeof value === 'object' && value !== null && 'files' in value ? value.files : []
  if (!Array.isArray(files)) return []
  return files.map((file: unknown) => (typeof file === 'object' && file !== null && 'path' in file ? file.path : ''))
}

/** Refuses what could not lie side by side in one folder, or would stand where the bundle has its own files. */
const assertPaths = (paths: readonly string[]): void => {
  const seen = new Set<string>()
  for (const path of paths) {
    if (path === MANIFEST_FILE || path === SIGNATURE_FILE) throw invalid(`${path} names itself as a file.`, path)
    if (seen.has(path)) throw invalid(`${MANIFEST_FILE} names ${path} twice.`, path)
    seen.add(path)
  }
  const folders = new Set(paths.filter((path) => path.includes('/')).map((path) => path.slice(0, path.indexOf('/'))))
  const both = [...paths, MANIFEST_FILE, SIGNATURE_FILE].find((path) => folders.has(path))
  if (both !== undefined) throw invalid(`${MANIFEST_FILE} names ${both} as a file and as a folder.`, both)
}
