import { MediaType, StepName } from '@airlock-ml/contract'
import type { z } from 'zod'
import { showValue } from '../show-value.ts'
import type { Artifact } from './artifact.ts'
import { invalid } from './check-names.ts'

/** A kind of artifact of the project's own. */
export interface ArtifactDefinition<Value> {
  /** snake_case: what the bytes are, as `label_map`. An output of one kind fits only inputs of the same. */
  readonly name: string
  /** As `application/x-ndjson`, for people and programs that find the bytes. Default `application/octet-stream`. */
  readonly mediaType?: string
  /** Checked before a value is written and after it is read. It may not transform. */
  readonly schema?: z.ZodType<NoInfer<Value>>
  /** Equal values should give equal bytes, for what is stored is known by its digest. */
  readonly write: (value: Value) => Uint8Array | Promise<Uint8Array>
  /** Makes a new value each time. It may only decode the bytes, never run what is in them. */
  readonly read: (bytes: Uint8Array) => Value | Promise<Value>
}

/**
 * Defines a kind of artifact for values that no table, model, JSON or text holds. `testMaterializer` of
 * `@airlock-ml/sdk/testing` tests that what is written comes back. Throws `pipeline_invalid` for a bad name, and for a
 * media type that stands for programs or pages.
 *
 * @example
 * const labelMap = artifact({
 *   name: 'label_map',
 *   mediaType: 'application/json',
 *   write: (labels: Map<string, number>) => new TextEncoder().encode(JSON.stringify([...labels])),
 *   read: (bytes) => new Map<string, number>(JSON.parse(new TextDecoder().decode(bytes))),
 * })
 */
export function artifact<Value>(definition: ArtifactDefinition<Value>): Artifact<'bytes', Value> {
  const { name: kind, mediaType = 'application/octet-stream', schema, write, read } = definition
  const named = StepName.safeParse(kind)
  if (!named.success)
    throw invalid(`An artifact is named ${showValue(kind)}: the name ${named.error.issues[0]?.message}.`)
  const known = MediaType.safeParse(mediaType)
  if (!known.success)
    throw invalid(
      `The media type of artifact "${kind}" is ${showValue(mediaType)}: it ${known.error.issues[0]?.message}.`,
    )
  for (const [name, given] of Object.entries({ write, read })) {
    if (typeof given === 'function') continue
    throw invalid(`The ${name} of artifact "${kind}" must be a function, got ${showValue(given)}.`)
  }
  const codec = Object.freeze({ kind, mediaType, write, read })
  return Object.freeze({ type: 'bytes', schema, codec }) as unknown as Artifact<'bytes', Value>
}

/** Bytes as they are, for what only programs read, as a picture that a command step draws. */
export const bytes = (mediaType = 'application/octet-stream'): Artifact<'bytes', Uint8Array> =>
  artifact({ name: 'bytes', mediaType, write: (value: Uint8Array) => value, read: (stored) => stored })
