import { createHash } from 'node:crypto'
import { PlatformError, SIGNATURE_FILE } from '@airlock-ml/contract'
import { EnvelopeError, signEnvelope, type TrustedSigner, verifyEnvelope } from './envelope.ts'
import { exactFields, exactly, onlyOne, parseJson, sha256Field, string } from './exact-fields.ts'
import type { Signer } from './signing.ts'

const payloadType = 'application/vnd.in-toto+json'
const statementType = 'https://in-toto.io/Statement/v1'
const predicateType = 'https://model_signing/signature/v1.0'
const ignorablePaths = [SIGNATURE_FILE, '.git', '.gitattributes', '.github', '.gitignore']

/** A signed file: its path in the bundle and the SHA-256 of its bytes, hex. */
export type Resource = { name: string; sha256: string }

/** What an OMS signature says: these files, with these bytes. The name is informative only. */
export type Statement = { name: string; resources: Resource[] }

/** The order of the reference implementation: by path component, by Unicode code point (which UTF-8 bytes keep). */
const byPath = (a: Resource, b: Resource): number => {
  const [left, right] = [a.name.split('/'), b.name.split('/')]
  for (let i = 0; i < Math.min(left.length, right.length); i++) {
    const order = Buffer.compare(Buffer.from(left[i] ?? ''), Buffer.from(right[i] ?? ''))
    if (order !== 0) return order
  }
  return left.length - right.length
}

/** SHA-256 over the raw digests of the files, in their order. It covers no names. */
const subjectDigest = (resources: readonly Resource[]): string => {
  const sha256 = createHash('sha256')
  for (const resource of resources) sha256.update(Buffer.from(resource.sha256, 'hex'))
  return sha256.digest('hex')
}

/** The in-toto statement of OpenSSF Model Signing v1.0 over these files, as the bytes to sign. */
export const buildStatement = ({ name, resources }: Statement): Uint8Array => {
  const ordered = resources.toSorted(byPath)
  const statement = {
    _type: statementType,
    subject: [{ name, digest: { sha256: subjectDigest(ordered) } }],
    predicateType,
    predicate: {
      serialization: {
        method: 'files',
        hash_type: 'sha256',
        allow_symlinks: false,
        ignore_paths: ignorablePaths,
      },
      resources: ordered.map((resource) => ({ name: resource.name, algorithm: 'sha256', digest: resource.sha256 })),
    },
  }
  return Buffer.from(JSON.stringify(statement))
}

/** Signs a statement: the bytes of `model.sig`, which the OpenSSF reference verifier accepts. */
export const signStatement = (statement: Statement, signer: Signer): Promise<Uint8Array> =>
  signEnvelope(buildStatement(statement), { payloadType, signer })

/**
 * Verifies the bytes of a `model.sig` and answers what was signed and by whose key. Stricter than the reference: nothing
 * unknown, nothing twice, predicate v1.0 only, and no ignored path but the signature and git's own, since an ignored file
 * is not covered.
 *
 * Throws `bundle_untrusted` for a key that is not trusted and `bundle_invalid` for everything else.
 */
export const verifySignature = (
  bytes: Uint8Array,
  { trustedKeys }: { trustedKeys: readonly TrustedSigner[] },
): { statement: Statement; keyHint: string; workspace: string } => {
  try {
    const { payload, keyHint, workspace } = verifyEnvelope(bytes, { payloadType, trustedKeys })
    return { statement: parseStatement(payload), keyHint, workspace }
  } catch (error) {
    const isUnknown = error instanceof EnvelopeError && error.reason === 'unknown_key'
    const why = error instanceof Error ? error.message : String(error)
    throw new PlatformError(
      isUnknown ? 'bundle_untrusted' : 'bundle_invalid',
      `The signature ${SIGNATURE_FILE} does not hold: ${why}.`,
      { file: SIGNATURE_FILE, ...(error instanceof EnvelopeError && error.keyHint ? { keyHint: error.keyHint } : {}) },
      { cause: error },
    )
  }
}

const parseStatement = (payload: Uint8Array): Statement => {
  const statement = exactFields(parseJson(payload), 'the statement', {
    required: ['_type', 'subject', 'predicateType', 'predicate'],
  })
  exactly(statement._type, '_type', statementType)
  exactly(statement.predicateType, 'predicateType', predicateType)
  const predicate = exactFields(statement.predicate, 'predicate', { required: ['serialization', 'resources'] })
  assertSerialization(predicate.serialization)
  const resources = parseResources(predicate.resources)
  const subject = exactFields(onlyOne(statement.subject, 'subject'), 'subject', { required: ['name', 'digest'] })
  const digest = exactFields(subject.digest, 'the digest of subject', { required: ['sha256'] })
  exactly(digest.sha256, 'the digest of subject', subjectDigest(resources))
  return { name: string(subject.name, 'the name of subject'), resources }
}

const assertSerialization = (value: unknown): void => {
  const serialization = exactFields(value, 'serialization', {
    required: ['method', 'hash_type', 'allow_symlinks', 'ignore_paths'],
  })
  exactly(serialization.method, 'method', 'files')
  exactly(serialization.hash_type, 'hash_type', 'sha256')
  exactly(serialization.allow_symlinks, 'allow_symlinks', false)
  const ignored = serialization.ignore_paths
  if (!Array.isArray(ignored)) throw new Error('ignore_paths is not a list')
  const hidden = ignored.find((path) => !ignorablePaths.includes(path))
  if (hidden !== undefined) throw new Error(`ignore_paths hides ${JSON.stringify(hidden)}`)
}

const parseResources = (value: unknown): Resource[] => {
  if (!Array.isArray(value) || value.length === 0) throw new Error('resources is not a list of files')
  const seen = new Set<string>()
  return value.map((item: unknown) => {
    const resource = exactFields(item, 'a resource', { required: ['name', 'algorithm', 'digest'] })
    exactly(resource.algorithm, 'algorithm', 'sha256')
    const name = string(resource.name, 'the name of a resource')
    if (seen.has(name)) throw new Error(`resources names ${JSON.stringify(name)} twice`)
    seen.add(name)
    return { name, sha256: sha256Field(resource.digest, `the digest of ${JSON.stringify(name)}`) }
  })
}
