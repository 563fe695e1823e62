import { didYouMean, type InputSource, type SingleSource } from '@airlock-ml/contract'
import type { AnyStep } from '../define/any-step.ts'
import type { Artifact } from '../define/artifact.ts'
import { readCalled } from '../define/called.ts'
import { invalid } from '../define/check-names.ts'
import { everyBuild } from '../define/constant.ts'
import type { Input } from '../define/inputs.ts'
import { readRef } from '../define/ref.ts'
import { showValue } from '../show-value.ts'

/** What is looked at, in which build, and how a message about it begins. */
type Wanted = { readonly wanted: Artifact; readonly what: string }

/** Where each input of a step comes from; an optional one that is not given is left out. */
export function wireInputs(
  owner: object,
  { name: step, inputs }: Pick<AnyStep, 'name' | 'inputs'>,
  given: Readonly<Record<string, unknown>>,
): Record<string, InputSource> {
  const known = Object.keys(inputs)
  for (const name of Object.keys(given)) {
    if (!known.includes(name)) throw invalid(`Step "${step}" has no input "${name}". ${didYouMean(name, known)}`)
  }
  const sources: Record<string, InputSource> = {}
  for (const [name, input] of Object.entries(inputs)) {
    const what = `Input "${name}" of step "${step}"`
    if (!('takes' in input) && Object.hasOwn(given, name) && given[name] === undefined) {
      throw invalid(`${what} was given undefined. Is the output that it should read spelt as its step has it?`)
    }
    const source = inputSource(owner, given[name], { input, what })
    if (source) sources[name] = source
  }
  return sources
}

function inputSource(
  owner: object,
  value: unknown,
  { input, what }: { input: Input; what: string },
): InputSource | undefined {
  if (!('takes' in input)) return refSource(owner, value, { wanted: input, what })
  const wanted = input.item
  if (input.takes === 'optional') {
    if (value === undefined) return undefined
    const source = refSource(owner, value, { wanted, what })
    return source.from === 'step' ? { ...source, optional: true } : source
  }
  if (!Array.isArray(value)) {
    throw invalid(`${what} takes a list of outputs, as \`map\` answers with, got ${showValue(value)}.`)
  }
  const items = value.map((item, at) => refSource(owner, item, { wanted, what: `Item ${at} of ${lower(what)}` }))
  return { from: 'list', items }
}

const lower = (what: string) => what.charAt(0).toLowerCase() + what.slice(1)

/** Where a ref points to, if it is one of this build and of the type wanted. */
export function refSource(owner: object, value: unknown, { wanted, what }: Wanted): SingleSource {
  const ref = readRef(value)
  if (value === undefined) throw invalid(`${what} is missing. Pass an output of an earlier step.`)
  if (!ref) throw invalid(`${what} must be an output of an earlier step, got ${showValue(value)}.`)
  if (ref.owner !== owner && ref.owner !== everyBuild)
    throw invalid(`${what} is an output of another build. Refs hold only inside their own.`)
  const isKind = ref.type === wanted.type && (wanted.codec === undefined || ref.kind === wanted.codec.kind)
  if (!isKind) throw invalid(`${what} is a ${kindOf(wanted)}, but was given a ${ref.kind ?? ref.type}.`)
  return ref.source
}

const kindOf = ({ type, codec }: Artifact) => codec?.kind ?? type

/** The names of the steps that a call is to wait for. */
export function earlierSteps(owner: object, after: unknown, step: string): string[] {
  if (!Array.isArray(after)) throw invalid(`The after of step "${step}" must be a list, got ${showValue(after)}.`)
  const names = after.map((value: unknown, at) => {
    const ref = readRef(value)
    const name = ref?.source.from === 'step' ? ref.source.step : readCalled(value)?.step
    const madeIn = ref?.owner ?? readCalled(value)?.owner
    const what = `Item ${at} of the after of step "${step}"`
    if (name === undefined) throw invalid(`${what} must be a step that was called earlier, got ${showValue(value)}.`)
    if (madeIn !== owner) throw invalid(`${what} is of another build. Steps wait only for those of their own.`)
    return name
  })
  return [...new Set(names)]
}
