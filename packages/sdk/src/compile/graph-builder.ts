import { didYouMean, type OutputSpec, type SnapshotStep, type StepCommand } from '@airlock-ml/contract'
import type { AnyStep } from '../define/any-step.ts'
import { type Artifact, json } from '../define/artifact.ts'
import type { Builder } from '../define/builder.ts'
import { markCalled } from '../define/called.ts'
import { checkStepName, invalid } from '../define/check-names.ts'
import { makeRef, type Ref } from '../define/ref.ts'
import { compileSettings, settingNames } from '../define/settings.ts'
import { hookOccasions, hookSettings, stepHooksOf } from '../define/step-hooks.ts'
import { isPlainObject, showValue } from '../show-value.ts'
import type { GraphStep } from './graph.ts'
import { parseParams } from './parse-params.ts'
import { earlierSteps, refSource, wireInputs } from './wire-inputs.ts'

const callKeys = ['inputs', 'params', 'name', 'after', 'when', ...Object.values(hookSettings), ...settingNames]

type Call = { readonly [key: string]: unknown }

/** Collects the steps that a build calls, and checks each call as the compiler would. Linear in the number of steps. */
export class GraphBuilder implements Builder {
  readonly steps: GraphStep[] = []
  readonly #positions = new Map<string, number>()
  readonly #commands = new Map<AnyStep, StepCommand>()
  #rename = (name: string) => name

  add(definition: AnyStep, call: Call): Record<string, Ref> {
    if (!isPlainObject(call)) throw invalid(`Step "${definition.name}" was called with ${showValue(call)}.`)
    for (const key of Object.keys(call)) {
      if (callKeys.includes(key)) continue
      throw invalid(`Step "${definition.name}" was called with "${key}", unknown here. ${didYouMean(key, callKeys)}`)
    }
    const name = this.#claimName(definition, call.name)
    const given = asRecord(call.inputs, `The inputs of step "${name}"`)
    const inputs = wireInputs(this, { name, inputs: definition.inputs }, given)
    const params = asRecord(call.params, `The params of step "${name}"`)
    const parameters = parseParams(definition.params, params, `step "${name}"`)
    const outputs = mapValues(definition.outputs, outputSpec)
    const command = this.#command(definition)
    const settings = { ...command, ...this.#order(name, call), ...this.#settings(name, definition, call) }
    const hooks = { ...definition.hooks, ...stepHooksOf(call, `Step "${name}"`) }
    const occasions = hookOccasions.filter((on) => hooks[on])
    const neverCached = (call.cache ?? !definition.neverCached) === false
    const step = { name, inputs, outputs, parameters, ...settings, ...(occasions.length > 0 && { hooks: occasions }) }
    this.steps.push({ definition, step, neverCached, hooks })
    const refs = mapValues(definition.outputs, ({ type, codec }, output) =>
      makeRef({ source: { from: 'step', step: name, output }, type, kind: codec?.kind, owner: this }),
    )
    return markCalled(refs, { step: name, owner: this })
  }

  renamed<T>(rename: (name: string) => string, work: () => T): T {
    const outer = this.#rename
    this.#rename = (name) => outer(rename(name))
    try {
      return work()
    } finally {
      this.#rename = outer
    }
  }

  #claimName(definition: AnyStep, given: unknown): string {
    if (given !== undefined) checkStepName(given, `A use of step "${definition.name}"`)
    const name = this.#rename((given as string | undefined) ?? definition.name)
    checkStepName(name, `A use of step "${definition.name}"`)
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

  #order(step: string, { after, when }: Call): Pick<SnapshotStep, 'after' | 'when'> {
    const earlier = after === undefined ? [] : earlierSteps(this, after, step)
    return { ...(earlier.length > 0 && { after: earlier }), ...(when !== undefined && this.#condition(step, when)) }
  }

  #condition(step: string, when: unknown): Pick<SnapshotStep, 'when'> {
    const what = `The when of step "${step}"`
    const source = refSource(this, when, { wanted: json(), what })
    if (source.from === 'step') return { when: { step: source.step, output: source.output } }
    throw invalid(`${what} must be made by an earlier step. What is known before needs no condition: write an if.`)
  }

  /** Its files are read once a build, however often it is called. */
  #command(definition: AnyStep): Pick<SnapshotStep, 'command'> {
    if (!definition.command) return {}
    const command = this.#commands.get(definition) ?? definition.command()
    this.#commands.set(definition, command)
    return { command }
  }

  #settings(step: string, { settings }: AnyStep, call: Call): Partial<SnapshotStep> {
    const given = Object.fromEntries(settingNames.filter((name) => call[name] !== undefined).map((n) => [n, call[n]]))
    const own = Object.fromEntries(Object.entries(settings).filter(([name]) => !(name in given)))
    return { ...own, ...compileSettings(given, `Step "${step}"`) }
  }
}

const outputSpec = ({ type, codec, name }: Artifact): OutputSpec => ({
  type,
  ...(codec && { kind: codec.kind, mediaType: codec.mediaType }),
  ...(name !== undefined && { name }),
})

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
