import { type ArtifactRef, PlatformError } from '@airlock-ml/contract'
import { readWhole, sha256Hex } from '@airlock-ml/stack'
import type { AnyStep } from '../define/any-step.ts'
import { materializers } from '../materializers/materializers.ts'
import type { RunSession } from './run-session.ts'

/**
 * The values a step reads, each made anew from bytes whose SHA-256 was checked: what one step does to its copy reaches
 * no other. Throws `blob_damaged` for bytes that are not what was recorded.
 */
export async function readInputs(
  session: RunSession,
  { name, inputs }: Pick<AnyStep, 'name' | 'inputs'>,
  refs: Readonly<Record<string, ArtifactRef>>,
): Promise<Record<string, unknown>> {
  const values: Record<string, unknown> = {}
  for (const [input, artifact] of Object.entries(inputs)) {
    const what = `Input "${input}" of step "${name}"`
    const ref = refs[input]
    if (!ref) throw new PlatformError('artifact_not_found', `${what} was not recorded when the step started.`)
    if (ref.type !== artifact.type)
      throw new TypeError(`${what} is a ${artifact.type}, but ${ref.name} is a ${ref.type}.`)
    values[input] = await materializers[ref.type].read(await readBytes(session, ref), { artifact, what })
  }
  return values
}

async function readBytes({ client, held }: RunSession, ref: ArtifactRef): Promise<Uint8Array> {
  const damaged = (why: string) =>
    new PlatformError('blob_damaged', `The bytes of ${ref.name} version ${ref.version} ${why}.`, {
      artifactId: ref.id,
      digest: ref.digest,
    })
  const body = await client.getBlob({ project: held.project, sha256: ref.digest })
  const bytes = await readWhole(body, ref.sizeBytes, () =>
    damaged(`are more than the ${ref.sizeBytes} that were stored`),
  )
  const digest = sha256Hex(bytes)
  if (digest !== ref.digest) throw damaged(`have the SHA-256 ${digest} instead of ${ref.digest}`)
  return bytes
}
