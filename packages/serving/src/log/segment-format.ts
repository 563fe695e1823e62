import { hash } from 'node:crypto'
import { crc32 } from 'node:zlib'
import type { DeploymentSettings } from '@airlock-ml/contract'
import type { AnsweredBatch } from '../answer/answered-batch.ts'

/**
 * A segment is a file of frames: length (4 bytes), CRC-32 (4 bytes), then so many bytes, whose first says what they are.
 * What a kill cuts off is the last frame, which its length or checksum shows. All numbers are little-endian.
 */
const HEAD_BYTES = 8
const DEFINITION = 1
const BATCH = 2
/** Type, inputs, role, whether there are texts, definition, rows. */
const BATCH_HEAD_BYTES = 12
const ID_BYTES = 36
const HMAC_BYTES = 32
const OTHER_LABEL = 0xffff

const roles: readonly AnsweredBatch['role'][] = ['champion', 'canary', 'shadow']
type Inputs = DeploymentSettings['log']['inputs']
const inputKinds: readonly Inputs[] = ['recorded', 'hashed', 'left-out']

/** What is said once in a segment of all batches of a version. */
export type Definition = {
  number: number
  digest: string
  featureNames: readonly string[]
  classLabels: readonly string[]
}

/** A batch as it stands in a segment. */
export type LoggedBatch = {
  definition: Definition
  role: AnsweredBatch['role']
  inputs: Inputs
  ids: string[]
  receivedAtMs: Float64Array
  latencyUs: Float64Array
  /** Row by row; empty unless they are `recorded`. */
  features: Float32Array<ArrayBuffer>
  /** Row by row, 32 bytes each; empty unless they are `hashed`. */
  hmacs: Uint8Array
  probabilities: Float32Array<ArrayBuffer>
  labels: string[]
  keys: (string | null)[]
  subjects: (string | null)[]
}

export function definitionFrame(index: number, { number, digest, featureNames, classLabels }: Definition): Buffer {
  const said = Buffer.from(JSON.stringify({ number, digest, featureNames, classLabels }))
  const payload = Buffer.alloc(5 + said.length)
  payload[0] = DEFINITION
  payload.writeUInt32LE(index, 1)
  said.copy(payload, 5)
  return framed(payload.length, (into) => payload.copy(into))
}

const BLOCK_BYTES = 64

/**
 * The HMAC-SHA-256 of the inputs of a row: of its features as 32-bit floats, little-endian, in the model's order. Who
 * has the key and a row can tell whether it was asked; nobody else can try. Worked out from its definition (RFC 2104) by
 * two hashes, which takes a fraction of the time of an object for each row.
 */
function inputHasher(inputsKey: Uint8Array, featureBytes: number): (features: Uint8Array) => Buffer {
  const padded = (pad: number, size: number) => {
    const block = Buffer.alloc(BLOCK_BYTES + size, pad).fill(0, BLOCK_BYTES)
    for (const [at, byte] of inputsKey.entries()) block[at] = byte ^ pad
    return block
  }
  const inner = padded(0x36, featureBytes)
  const outer = padded(0x5c, HMAC_BYTES)
  return (features) => {
    inner.set(features, BLOCK_BYTES)
    outer.set(hash('sha256', inner, 'buffer'), BLOCK_BYTES)
    return hash('sha256', outer, 'buffer')
  }
}

/** A batch as bytes of a segment. Between two requests: it copies numbers and does little else. */
export function batchFrame(
  batch: AnsweredBatch,
  { index, inputs, inputsKey }: { index: number; inputs: Inputs; inputsKey: Uint8Array },
): Buffer {
  const { rows, features, probabilities, classLabels, labels, featureNames } = batch
  const codes = new Uint16Array(rows)
  let hasTexts = false
  for (let row = 0; row < rows; row++) {
    const code = classLabels.indexOf(labels[row]!)
    codes[row] = code < 0 ? OTHER_LABEL : code
    hasTexts ||= code < 0 || batch.keys[row] !== null || batch.subjects[row] !== null
  }
  const texts = hasTexts ? textsOf(batch, codes) : null
  const inputBytes =
    inputs === 'recorded' ? rows * featureNames.length * 4 : inputs === 'hashed' ? rows * HMAC_BYTES : 0
  const probabilityBytes = rows * classLabels.length * 4
  const size = BATCH_HEAD_BYTES + rows * (8 + 8 + 2 + ID_BYTES) + inputBytes + probabilityBytes + (texts?.length ?? 0)
  return framed(size, (into) => {
    into[0] = BATCH
    into[1] = inputKinds.indexOf(inputs)
    into[2] = roles.indexOf(batch.role)
    into[3] = hasTexts ? 1 : 0
    into.writeUInt32LE(index, 4)
    into.writeUInt32LE(rows, 8)
    let at = BATCH_HEAD_BYTES
    const put = (bytes: Uint8Array) => {
      into.set(bytes, at)
      at += bytes.length
    }
    put(bytesOf(new Float64Array(batch.receivedAtMs)))
    put(bytesOf(new Float64Array(batch.latencyUs)))
    if (inputs === 'recorded') put(bytesOf(features))
    else if (inputs === 'hashed') {
      const width = featureNames.length
      const hashInputs = inputHasher(inputsKey, width * 4)
      for (let row = 0; row < rows; row++) put(hashInputs(bytesOf(features.subarray(row * width, (row + 1) * width))))
    }
    put(bytesOf(probabilities.subarray(0, rows * classLabels.length)))
    put(bytesOf(codes))
    // At once: a write for each costs as much as all the rest.
    into.write(batch.ids.join(''), at, rows * ID_BYTES, 'latin1')
    at += rows * ID_BYTES
    if (texts) put(texts)
  })
}

function framed(size: number, fill: (into: Buffer) => void): Buffer {
  const frame = Buffer.allocUnsafe(HEAD_BYTES + size)
  const payload = frame.subarray(HEAD_BYTES)
  fill(payload)
  frame.writeUInt32LE(size, 0)
  frame.writeUInt32LE(crc32(payload), 4)
  return frame
}

const bytesOf = ({ buffer, byteOffset, byteLength }: ArrayBufferView): Uint8Array =>
  new Uint8Array(buffer, byteOffset, byteLength)

/** Key, subject and, where it is no class, the label of each row: length and one (0: none), then UTF-8. */
function textsOf({ keys, subjects, labels, rows }: AnsweredBatch, codes: Uint16Array): Buffer {
  const pieces: Buffer[] = []
  const put = (text: string | null) => {
    const bytes = text === null ? null : Buffer.from(text)
    const length = Buffer.alloc(4)
    length.writeUInt32LE(bytes ? bytes.length + 1 : 0)
    pieces.push(length)
    if (bytes) pieces.push(bytes)
  }
  for (let row = 0; row < rows; row++) {
    put(keys[row]!)
    put(subjects[row]!)
    put(codes[row] === OTHER_LABEL ? labels[row]! : null)
  }
  return Buffer.concat(pieces)
}

/** The rows of a segment by the lengths of its frames, for counting: `readSegment` checks. */
export function countRows(bytes: Buffer): number {
  let rows = 0
  for (let at = 0; at + HEAD_BYTES + BATCH_HEAD_BYTES <= bytes.length; at += HEAD_BYTES + bytes.readUInt32LE(at))
    if (bytes[at + HEAD_BYTES] === BATCH) rows += bytes.readUInt32LE(at + HEAD_BYTES + 8)
  return rows
}

/** What a segment holds up to the first frame that is not whole; what is behind it is known once all is read. */
export function readSegment(bytes: Buffer): { batches: () => Generator<LoggedBatch>; tornBytes: () => number } {
  const definitions = new Map<number, Definition>()
  let at = 0
  function* batches(): Generator<LoggedBatch> {
    while (at + HEAD_BYTES <= bytes.length) {
      const size = bytes.readUInt32LE(at)
      const payload = bytes.subarray(at + HEAD_BYTES, at + HEAD_BYTES + size)
      if (size === 0 || payload.length < size || crc32(payload) !== bytes.readUInt32LE(at + 4)) return
      at += HEAD_BYTES + size
      if (payload[0] === DEFINITION)
        definitions.set(payload.readUInt32LE(1), JSON.parse(payload.subarray(5).toString()) as Definition)
      else yield readBatch(payload, definitions)
    }
  }
  return { batches, tornBytes: () => bytes.length - at }
}

function readBatch(payload: Buffer, definitions: ReadonlyMap<number, Definition>): LoggedBatch {
  const inputs = inputKinds[payload[1]!]!
  const definition = definitions.get(payload.readUInt32LE(4))!
  const rows = payload.readUInt32LE(8)
  let at = BATCH_HEAD_BYTES
  // Copied: numbers in the file begin anywhere, those of a typed array do not.
  const take = (length: number): ArrayBuffer => {
    const taken = new Uint8Array(payload.subarray(at, at + length)).buffer
    at += length
    return taken
  }
  const receivedAtMs = new Float64Array(take(rows * 8))
  const latencyUs = new Float64Array(take(rows * 8))
  const features = new Float32Array(take(inputs === 'recorded' ? rows * definition.featureNames.length * 4 : 0))
  const hmacs = new Uint8Array(take(inputs === 'hashed' ? rows * HMAC_BYTES : 0))
  const probabilities = new Float32Array(take(rows * definition.classLabels.length * 4))
  const codes = new Uint16Array(take(rows * 2))
  const ids = Array.from({ length: rows }, (_, row) =>
    payload.toString('latin1', at + row * ID_BYTES, at + (row + 1) * ID_BYTES),
  )
  at += rows * ID_BYTES
  const text = (): string | null => {
    const length = payload.readUInt32LE(at)
    at += 4
    if (length === 0) return null
    at += length - 1
    return payload.toString('utf8', at - length + 1, at)
  }
  const labels: string[] = []
  const keys: (string | null)[] = []
  const subjects: (string | null)[] = []
  for (let row = 0; row < rows; row++) {
    keys.push(payload[3] ? text() : null)
    subjects.push(payload[3] ? text() : null)
    labels.push((payload[3] ? text() : null) ?? definition.classLabels[codes[row]!] ?? '')
  }
  const role = roles[payload[2]!]!
  return {
    ...{ definition, role, inputs, ids, receivedAtMs, latencyUs, features, hmacs },
    ...{ probabilities, labels, keys, subjects },
  }
}
