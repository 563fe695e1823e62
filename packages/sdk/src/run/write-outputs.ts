import { type ArtifactType, didYouMean, isPlatformError, type Json } from '@airlock-ml/contract'
import { sha256Hex } from '@airlock-ml/stack'
import { crashPoint } from '@airlock-ml/stack/crash-point'
import type { AnyStep } from '../define/any-step.ts'
import { materializers } from '../materializers/materializers.ts'
import { isPlainObject, showValue } from '../show-value.ts'
import type { RunSession } from './run-session.ts'

type Stored = { type: ArtifactType; digest: string; metadata: Record<string, Json> }

/** Checks what a step returned, and stores it: bytes first, so that whatever is recorded of them is there. */
export async function writeOutputs(
  session: RunSession,
  step: Pick<AnyStep, 'name' | 'outputs'>,
  returned: unknown,
): Promise<Record<string, Stored>> {
  const values = checkReturned(step, returned)
  const stored: Record<string, Stored> = {}
  for (const [output, artifact] of Object.entries(step.outputs)) {
    const what = `Output "${output}" of step "${step.name}"`
    const { bytes, metadata } = await materializers[artifact.type].write(values[output], { artifact, what })
    const digest = sha256Hex(bytes)
    await store(session, digest, bytes)
    stored[output] = { type: artifact.type, digest, metadata: { ...metadata } }
  }
  return stored
}

/** What a step returned, by output. Throws unless it is exactly the outputs of the step. */
export function checkReturned(
  { name, outputs }: Pick<AnyStep, 'name' | 'outputs'>,
  returned: unknown,
): Readonly<Record<string, unknown>> {
  const wanted = Object.keys(outputs)
  if (!isPlainObject(returned)) {
    if (wanted.length === 0) return {}
    throw new TypeError(`Step "${name}" must return an object with ${wanted.join(', ')}, got ${showValue(returned)}.`)
  }
  for (const key of Object.keys(returned)) {
    if (!wanted.includes(key)) throw new TypeError(`Step "${name}" has no output "${key}". ${didYouMean(key, wanted)}`)
  }
  const missing = wanted.filter((output) => returned[output] === undefined)
  if (missing.length === 0) return returned
  throw new TypeError(`Step "${name}" did not return its output ${missing.map((each) => `"${each}"`).join(', ')}.`)
}

async function store({ client, held }: RunSession, sha256: string, bytes: Uint8Array): Promise<void> {
  const blob = { project: held.project, sha256 }
  try {
    await client.showBlob(blob)
  } catch (error) {
    if (!isPlatformError(error) || error.code !== 'blob_not_found') throw error
    await client.putBlob({ ...blob, body: bytes })
  }
  await crashPoint('run:blob-uploaded')
}
