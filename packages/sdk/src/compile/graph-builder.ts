import type { InputSource } from '@airlock-ml/contract'
import { didYouMean } from '@airlock-ml/contract'
import type { AnyStep } from '../define/any-step.ts'
import type { Artifact } from '../define/artifact.ts'
import type { Builder } from '../define/builder.ts'
import { checkStepName, invalid } from '../define/check-names.ts'
import { makeRef, type Ref, readRef } from '../define/ref.ts'
import { isPlainObject, showValue } from '../show-value.ts'
import type { GraphStep } from './graph.ts'
import { parseParams } from './parse-params.ts'

const callKeys = ['inputs', 'params', 'name']

type Call = { readonly inputs?: unknown; readonly params?: unknown; readonly name?: unknown }

/** Collects the steps that a build calls, and checks each call as the compiler would. Linear in the number of steps. */
export class GraphBuilder implements Builder {
  readonly steps: GraphStep[] = []
  readonly #positions = new Map<string, number>()

  add(definition: AnyStep, call: Call): Record<string, Ref> {
    if (!isPlainObject(call)) throw invalid(`Step "${definition.name}" was called with ${showValue(call)}.`)
    for (const key of Object.keys(call)) {
      if (callKeys.includes(key)) continue
      throw invalid(`Step "${definition.name}" was called with "${key}", unknown here. ${didYouMean(key, callKeys)}`)
    }
    const name = this.#claimName(definition, call.name)
    const inputs = this.#wire(name, { definition, given: asRecord(call.inputs, `The inputs of step "${name}"`) })
    const given = asRecord(call.params, `The params of step "${name}"`)
    const parameters = parseParams(definition.params, given, `step "${name}"`)
    const outputs = mapValues(definition.outputs, ({ type }) => ({ type }))
    this.steps.push({ definition, step: { name, inputs, outputs, parameters } })
    return mapValues(definition.outputs, ({ type }, output) =>
      makeRef({ source: { from: 'step', step: name, output }, type, owner: this }),
    )
  }

  #claimName(definition: AnyStep, given: unknown): string {
    if (given !== undefined) checkStepName(given, `A use of step "${definition.name}"`)
    const name = (given as string | undefined) ?? definition.name
    const position = this.steps.length + 1
    const taken = this.#positions.get(name)
    if (taken !== undefined) {
      throw invalid(
        `Two steps are called "${name}": the one called ${ordinal(taken)} and the one called ${ordinal(position)} in the build. Give one a name of its own, as { name: '${name}_again' }.`,
      )
    }
    this.#positions.set(name, position)
    return name
  }

  #wire(
    step: string,
    { definition, given }: { definition: AnyStep; given: Record<string, unknown> },
  ): Record<string, InputSource> {
    const known = Object.keys(definition.inputs)
    for (const name of Object.keys(given)) {
      if (!known.includes(name)) throw invalid(`Step "${step}" has no input "${name}". ${didYouMean(name, known)}`)
    }
    return mapValues(definition.inputs, (artifact, name) =>
      this.source(given[name], artifact, `Input "${name}" of step "${step}"`),
    )
  }

  /** Where a ref points to, if it is one of this build and of the type wanted. `what` begins the message. */
  source(value: unknown, wanted: Artifact, what: string): InputSource {
    const ref = readRef(value)
    if (value === undefined) throw invalid(`${what} is missing. Pass an output of an earlier step.`)
    if (!ref) throw invalid(`${what} must be an output of an earlier step, got ${showValue(value)}.`)
    if (ref.owner !== this) throw invalid(`${what} is an output of another build. Refs hold only inside their own.`)
    if (ref.type !== wanted.type) throw invalid(`${what} is a ${wanted.type}, but was given a ${ref.type}.`)
    return ref.source
  }
}

function asRecord(value: unknown, what: string): Record<string, unknown> {
  if (value === undefined) return {}
  if (isPlainObject(value)) return value
  throw invalid(`${what} must be an object, got ${showValue(value)}.`)
}

function mapValues<A, B>(record: Readonly<Record<string, A>>, map: (value: A, name: string) => B): Record<string, B> {
  return Object.fromEntries(Object.entries(record).map(([name, value]) => [name, map(value, name)]))
}

function ordinal(position: number): string {
  const ending = { one: 'st', two: 'nd', few: 'rd', other: 'th', zero: 'th', many: 'th' }
  return `${position}${ending[new Intl.PluralRules('en', { type: 'ordinal' }).select(position)]}`
}
