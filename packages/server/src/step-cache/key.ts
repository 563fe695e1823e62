import { digestOf } from '@airlock-ml/bundle'
import type { InputSource, Json, SingleSource, SnapshotStep } from '@airlock-ml/contract'

/** All that a step's result follows from, and nothing else. Its digest is the cache key. */
export type KeyParts = {
  formatVersion: 1
  step: string
  environment: string
  /** Digest of a `StepCode`. */
  code: string
  parameters: Record<string, Json>
  /** By input: the digest of what is read, a constant, a list of these; null for an optional one that is not there. */
  inputs: Record<string, Json>
  outputs: Record<string, Json>
  /** Of a step that is a program: what the snapshot says of it. */
  command?: Json
}

export const keyOf = (parts: KeyParts): string => digestOf(parts)

/** Digest of an output that is known; undefined while it is not made, null when its step was skipped. */
export type DigestOfSource = (
  source: Exclude<SingleSource, { from: 'constant' | 'requests' }>,
) => string | null | undefined

/** The parts of a step's key; undefined while something that it reads is not made yet. */
export function partsOf(
  step: SnapshotStep,
  { environment, code, digestOfSource }: { environment: string; code: string; digestOfSource: DigestOfSource },
): KeyParts | undefined {
  const single = (source: SingleSource): Json | undefined => {
    if (source.from === 'requests') return undefined
    return source.from === 'constant' ? { constant: source.value } : digestOfSource(source)
  }
  const known = (source: InputSource): Json | undefined => {
    if (source.from !== 'list') return single(source)
    const items = source.items.map(single)
    return items.includes(undefined) ? undefined : (items as Json[])
  }
  const inputs: Record<string, Json> = {}
  for (const [name, source] of Object.entries(step.inputs)) {
    const value = known(source)
    if (value === undefined) return undefined
    inputs[name] = value
  }
  const { name, parameters, outputs } = step
  const command = 'command' in step ? (step.command as Json) : undefined
  const parts: KeyParts = { formatVersion: 1, step: name, environment, code, parameters, inputs, outputs }
  return command === undefined ? parts : { ...parts, command }
}
