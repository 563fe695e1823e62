import { isDeepStrictEqual } from 'node:util'
import type { CacheDifference, Json, StepCode } from '@airlock-ml/contract'
import type { KeyParts } from './key.ts'

/** A key opened up: its parts, and the code that one of them is the digest of. */
export type OpenKey = { parts: KeyParts; code: StepCode | undefined }

type Kind = CacheDifference['kind']
type Values = Readonly<Record<string, Json>>

/** What differs between two keys of one step, each with its value before and after. Empty only for equal keys. */
export function differencesBetween(before: OpenKey, after: OpenKey): CacheDifference[] {
  const differences = [
    ...ofCode(before.code, after.code),
    ...between('parameter', before.parts.parameters, after.parts.parameters),
    ...between('input', before.parts.inputs, after.parts.inputs),
    ...between('other', othersIn(before.parts), othersIn(after.parts)),
  ]
  if (differences.length > 0 || before.parts.code === after.parts.code) return differences
  return [{ kind: 'other', name: 'code', before: before.parts.code, after: after.parts.code }]
}

function ofCode(before: StepCode | undefined, after: StepCode | undefined): CacheDifference[] {
  if (!before || !after) return []
  const changed = [
    ...between('file', before.files, after.files),
    ...between('package', before.packages, after.packages),
    ...between('lock-file', { 'lock file': before.lockFile }, { 'lock file': after.lockFile }),
    ...between('node', { node: before.node }, { node: after.node }),
    ...between('project', projectOf(before), projectOf(after)),
  ]
  // Whoever adds a line above moves the place, too: then the file says it.
  if (changed.some(({ kind }) => kind === 'file')) return changed
  return [...changed, ...between('place', { place: before.place }, { place: after.place })]
}

const projectOf = ({ project }: StepCode): Values =>
  project ? { [`the whole project, as ${project.why}`]: project.digest } : {}

const othersIn = ({ environment, outputs, command = null }: KeyParts): Values => ({ environment, outputs, command })

function between(kind: Kind, before: Values, after: Values): CacheDifference[] {
  const names = [...new Set([...Object.keys(before), ...Object.keys(after)])].sort()
  return names.flatMap((name) => {
    const values = { before: before[name] ?? null, after: after[name] ?? null }
    return isDeepStrictEqual(values.before, values.after) ? [] : [{ kind, name, ...values }]
  })
}
