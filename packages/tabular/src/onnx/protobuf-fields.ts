import { PbfReader } from 'pbf'
import { OnnxError } from './onnx-error.ts'

/** How a field is stored. `varints` and `floats` are repeated numbers, packed or one by one. */
export type WireKind = 'varint' | 'bytes' | 'fixed32' | 'varints' | 'floats' | 'doubles'

/** The fields of a message that are known: number → how it is stored, and whether it may come again. */
export type MessageFields = Readonly<Record<number, { readonly kind: WireKind; readonly repeated?: boolean }>>

/** A visited field: a number for `varint`, the content for `bytes`, the stored form untouched for the rest. */
export interface Field {
  readonly number: number
  readonly varint: number
  readonly bytes: Uint8Array
}

const listKinds: ReadonlySet<WireKind> = new Set(['varints', 'floats', 'doubles'])
const empty = new Uint8Array(0)
// Made once: a graph of trees has a text for each node, and making a decoder takes longer than using it.
const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })
const wireTypes: Readonly<Record<WireKind, readonly number[]>> = {
  varint: [0],
  bytes: [2],
  fixed32: [5],
  varints: [0, 2],
  floats: [5, 2],
  doubles: [1, 2],
}

/**
 * Visits the fields of one protobuf message. It is stricter than protobuf asks: a field that is not known, stored in
 * another form, running past the end, or given twice where once is meant is refused, because two readers could
 * understand it differently. Throws `OnnxError` `onnx_malformed`.
 */
export function visitFields(bytes: Uint8Array, fields: MessageFields, visit: (field: Field) => void): void {
  const reader = new PbfReader(bytes)
  const seen = new Set<number>()
  while (reader.pos < bytes.length) {
    const tag = readVarint(reader)
    const number = Math.floor(tag / 8)
    const known = Object.hasOwn(fields, number) ? fields[number] : undefined
    if (!known) throw malformed(`it has an unknown field ${number}`)
    const wireType = tag % 8
    if (!wireTypes[known.kind].includes(wireType)) throw malformed(`field ${number} is stored as type ${wireType}`)
    if (!known.repeated && !listKinds.has(known.kind) && seen.has(number))
      throw malformed(`field ${number} comes twice`)
    seen.add(number)
    visit(readField(reader, number, wireType))
  }
}

/** The text of a field. Throws `OnnxError` `onnx_malformed` when it is not UTF-8. */
export function textOf(field: Field): string {
  try {
    return utf8.decode(field.bytes)
  } catch {
    throw malformed('a text is not UTF-8')
  }
}

/** The error for bytes that are no sound ONNX model. */
export function malformed(why: string): OnnxError {
  return new OnnxError('onnx_malformed', `The bytes are not a sound ONNX model: ${why}. Export the model anew.`)
}

function readField(reader: PbfReader, number: number, wireType: number): Field {
  if (wireType === 0) return { number, varint: readVarint(reader), bytes: empty }
  const length = wireType === 2 ? readVarint(reader) : wireType === 5 ? 4 : 8
  const start = reader.pos
  const end = start + length
  if (end > reader.length) throw malformed('a field runs past the end')
  reader.pos = end
  return { number, varint: 0, bytes: reader.buf.subarray(start, end) }
}

function readVarint(reader: PbfReader): number {
  const start = reader.pos
  // Most numbers are of one byte.
  if (start < reader.length && reader.buf[start]! < 0x80) return reader.buf[reader.pos++]!
  let value: number
  try {
    value = reader.readVarint(true)
  } catch {
    throw malformed('a number is too long')
  }
  // The reader takes missing bytes for zeros: the number must have ended inside, within ten bytes.
  if (reader.pos > reader.length || reader.buf[reader.pos - 1]! > 0x7f) throw malformed('a number is cut off')
  if (reader.pos - start > 10 || !Number.isSafeInteger(value)) throw malformed('a number is out of range')
  return value
}

/** The whole numbers of a `varints` field, packed or single. */
export function varintsOf(field: Field): number[] {
  if (field.bytes === empty) return [field.varint]
  const reader = new PbfReader(field.bytes)
  const numbers: number[] = []
  while (reader.pos < field.bytes.length) numbers.push(readVarint(reader))
  return numbers
}
