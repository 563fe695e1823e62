import { EnvelopeError } from '../envelope.ts'
import { parseJson } from '../exact-fields.ts'
import { keyHint, normalisePublicKey } from '../signing.ts'
import { readCheckpoint } from './checkpoint.ts'
import { type Countersignature, parseCountersignature, readCountersignature } from './countersignature.ts'
import { EvidenceCheck, type TakenEvidence } from './evidence.ts'
import { entryEnd, eventOf, isEventLine } from './export-lines.ts'
import { type Key, namedBy } from './keys.ts'
import { eachLine } from './lines.ts'
import { LogVerifier, type OutsideHead } from './log-verifier.ts'
import type { LogProblem, LogVerdict } from './verdict.ts'

/** What a check of an exported log is given from outside of it. */
export type VerifyExportOptions = {
  /**
   * Public keys of the workspace whose log it is, SPKI PEM: each one that it had, where it rotated them. They must not
   * come from the file itself. An old one counts for heads up to the event that retires it.
   */
  publicKeys: readonly string[]
  /** Public keys of witnesses, SPKI PEM. Default: none, and countersignatures stay unchecked. */
  witnessKeys?: readonly string[]
  /** Checkpoints or countersignatures from elsewhere, as they lie in the exchange: the log must not contradict them. */
  outside?: readonly { name: string; bytes: Uint8Array }[]
  /**
   * Opens the same log again, where evidence was taken of it: what that named is held against all events. Default: it is not
   * looked at, and the verdict says so.
   */
  again?: () => Promise<AsyncIterable<Uint8Array>>
}

/**
 * Checks an exported audit log, as `airlock audit export` writes it, offline and in flat memory: every event against the
 * hash beside it and its place, and all together against each signed head, countersignature and outside head.
 * The verdict names what is wrong. Throws `NotAnExport` for another kind of file, `EnvelopeError` for an outside head that
 * is not signed as it must be, and `public_key_invalid`.
 *
 * @example
 * const verdict = await verifyExport(createReadStream('audit.jsonl'), { publicKeys: [await readFile('dev.pem', 'utf8')] })
 * if (!verdict.ok) console.log(verdict.problems.map(({ message }) => message).join('\n'))
 */
export const verifyExport = async (
  chunks: AsyncIterable<Uint8Array>,
  { publicKeys, witnessKeys = [], outside = [], again }: VerifyExportOptions,
): Promise<LogVerdict> => {
  const logKeys = publicKeys.map(keyOf)
  const signers = witnessKeys.map(keyOf)
  const heads = outside.map(({ name, bytes }) => readOutsideHead(name, bytes, { logKeys, witnessKeys: signers }))
  const verifier = new LogVerifier({
    publicKeys: logKeys,
    witnessKeys: signers,
    outside: heads.sort((a, b) => a.size - b.size),
  })
  await eachLine(chunks, (line) => verifier.take(line))
  const verdict = verifier.finish()
  if (!again || verifier.evidence.length === 0) return verdict
  const wrong = await evidenceProblems(await again(), verifier.evidence)
  return {
    ...verdict,
    ok: verdict.ok && wrong.length === 0,
    evidence: { taken: verifier.evidence.length, checked: true },
    problems: [...verdict.problems, ...wrong].slice(0, 50),
  }
}

const evidenceProblems = async (
  chunks: AsyncIterable<Uint8Array>,
  taken: readonly TakenEvidence[],
): Promise<LogProblem[]> => {
  const check = new EvidenceCheck(taken)
  await eachLine(chunks, (line) => {
    const end = isEventLine(line) ? entryEnd(line) : -1
    const event = end === -1 ? undefined : eventOf(line, end)
    if (event) check.take(event.sequence, event.entry)
  })
  return check.problems()
}

const keyOf = (pem: string): Key => ({ publicKey: normalisePublicKey(pem), keyHint: keyHint(pem) })

/**
 * A checkpoint as it lies in the exchange, or a countersignature, in which one lies. A countersignature of a key that was
 * not given still proves by the checkpoint inside what the workspace itself signed.
 */
const readOutsideHead = (
  name: string,
  bytes: Uint8Array,
  { logKeys, witnessKeys }: { logKeys: readonly Key[]; witnessKeys: readonly Key[] },
): OutsideHead => {
  const said = payloadOf(name, bytes)
  const trusted = namedBy(said.workspace, logKeys)
  if (said.kind === 'checkpoint') {
    const { size, rootHash, at, workspace, keyHint: hint } = readCheckpoint(bytes, trusted)
    return { size, rootHash, at, by: `${workspace} itself (${name})`, keyHint: hint }
  }
  const isKnown = witnessKeys.some(({ keyHint: hint }) => hint === said.hint)
  const seen = isKnown ? readCountersignature(bytes, namedBy(said.witness, witnessKeys)) : said
  const inside = readCheckpoint(Buffer.from(JSON.stringify(seen.checkpoint)), trusted)
  if (inside.size !== seen.size || inside.rootHash !== seen.rootHash)
    throw new EnvelopeError('malformed', `${name} countersigns another head than the one inside`)
  const by = isKnown ? `the witness ${seen.witness} (${name})` : `whoever kept ${name}`
  return {
    size: inside.size,
    rootHash: inside.rootHash,
    at: isKnown ? seen.at : inside.at,
    by,
    keyHint: inside.keyHint,
  }
}

type Said = { kind: 'checkpoint'; workspace: string } | ({ kind: 'countersignature'; hint: string } & Countersignature)

const payloadOf = (name: string, bytes: Uint8Array): Said => {
  try {
    const { dsseEnvelope, verificationMaterial } = parseJson(bytes) as {
      dsseEnvelope: { payload: string; payloadType: string }
      verificationMaterial: { publicKey: { hint: string } }
    }
    const payload = Buffer.from(dsseEnvelope.payload, 'base64')
    if (dsseEnvelope.payloadType.includes('witness'))
      return { kind: 'countersignature', hint: verificationMaterial.publicKey.hint, ...parseCountersignature(payload) }
    const { workspace } = parseJson(payload) as { workspace: unknown }
    if (typeof workspace !== 'string') throw new Error('it names no workspace')
    return { kind: 'checkpoint', workspace }
  } catch (error) {
    throw new EnvelopeError('malformed', `${name} is no checkpoint or countersignature: ${(error as Error).message}`)
  }
}
