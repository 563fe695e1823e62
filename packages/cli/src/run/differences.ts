import { isDeepStrictEqual } from 'node:util'
import type { Json, Run, SnapshotSpec } from '@airlock-ml/contract'

/** A run with what is compared of it. */
export type ComparedRun = {
  run: Run
  /** Null for the platform's own runs. */
  spec: SnapshotSpec | null
  metrics: Readonly<Record<string, number>>
}

/** A value of two runs; null where one has none. */
export type Difference = { name: string; before: Json; after: Json }

export type RunDifference = {
  a: string
  b: string
  parameters: Difference[]
  metrics: Difference[]
  /** Outputs by digest: `step.output`. */
  data: Difference[]
  code: { commits: Difference | null; tree: Difference | null; dirty: boolean; files: string[] | null }
  environment: Difference[]
  /** Of the steps of either run, also where they are equal: in milliseconds, null for one that did not end. */
  durationsMs: Difference[]
}

type Values = Readonly<Record<string, Json>>

/** What differs between two runs. `files`: those that git says changed between their commits, where it can say. */
export function differenceOf(a: ComparedRun, b: ComparedRun, files: string[] | null): RunDifference {
  const both = <T>(read: (compared: ComparedRun) => T): [T, T] => [read(a), read(b)]
  const [commits] = changed(...both(({ spec }) => ({ commit: spec?.code.commit ?? null })))
  const [tree] = changed(...both(({ spec }) => ({ tree: spec?.code.digest ?? null })))
  return {
    a: a.run.id,
    b: b.run.id,
    parameters: changed(...both(parametersOf)),
    metrics: changed(...both(({ metrics }) => metrics)),
    data: changed(...both(({ run }) => outputsOf(run))),
    code: { commits: commits ?? null, tree: tree ?? null, dirty: both(isDirty).includes(true), files },
    environment: changed(...both(surroundingsOf)),
    durationsMs: paired(...both(({ run }) => durationsOf(run))),
  }
}

/** Of the pipeline, and of each step what is not the same by that. */
function parametersOf({ spec }: ComparedRun): Values {
  const ofSteps = (spec?.steps ?? []).flatMap(({ name, parameters }) =>
    Object.entries(parameters).map(([key, value]) => [`${name}.${key}`, value] as const),
  )
  return { ...spec?.parameters, ...Object.fromEntries(ofSteps) }
}

const outputsOf = ({ steps }: Run): Values =>
  Object.fromEntries(
    steps.flatMap(({ name, outputs }) =>
      Object.entries(outputs).map(([output, { digest }]) => [`${name}.${output}`, digest] as const),
    ),
  )

const isDirty = ({ spec }: ComparedRun): boolean => spec?.code.dirty ?? false

function surroundingsOf({ run, spec }: ComparedRun): Values {
  const { lockFile = null, packages = {} } = spec?.code.dependencies ?? {}
  const versions = Object.entries(packages).map(([name, version]) => [`package ${name}`, version] as const)
  return { environment: run.environment, stack: run.stack, 'lock file': lockFile, ...Object.fromEntries(versions) }
}

const durationsOf = ({ steps }: Run): Values =>
  Object.fromEntries(
    steps.map(({ name, startedAt, endedAt }) => [name, endedAt && Date.parse(endedAt) - Date.parse(startedAt)]),
  )

function paired(before: Values, after: Values): Difference[] {
  const names = [...new Set([...Object.keys(before), ...Object.keys(after)])]
  return names.map((name) => ({ name, before: before[name] ?? null, after: after[name] ?? null }))
}

const changed = (before: Values, after: Values): Difference[] =>
  paired(before, after).filter((each) => !isDeepStrictEqual(each.before, each.after))
