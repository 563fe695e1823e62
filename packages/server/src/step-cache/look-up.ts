import type { SnapshotSpec, SnapshotStep } from '@airlock-ml/contract'
import { type ArtifactTables, artifactsOfRun } from '../artifacts/store.ts'
import type { Deps } from '../deps.ts'
import { standingRecalls } from '../marks/store.ts'
import { findVersion } from '../models/version-store.ts'
import { stepsOf } from '../runs/step-store.ts'
import type { RunRow } from '../runs/store.ts'
import { whyNotUsable } from './check-entry.ts'
import { type DigestOfSource, type KeyParts, keyOf, partsOf } from './key.ts'
import { type Entry, entriesOf } from './store.ts'

type Made = ArtifactTables['artifact_versions']

/** What was found for a step; `undefined` for one that reads what is not made yet. */
export type LookedUp = { step: SnapshotStep; key: string; parts: KeyParts } & (
  | { entry: Entry; made: readonly Made[] }
  | { entry: null; refused: string | null }
)

/**
 * Looks steps up in the order of the snapshot, so that one finds what it reads where another was found just before.
 * Reads only; every entry is checked against the artifact store before anything builds on it.
 */
export async function lookUp(
  deps: Deps,
  { run, spec }: { run: RunRow; spec: SnapshotSpec },
  { codeOf, renew }: { codeOf: ReadonlyMap<string, string>; renew: boolean },
): Promise<Map<string, LookedUp | undefined>> {
  const { digestOf, learn } = await knownDigests(deps, { run, spec })
  const recalls = renew ? [] : await standingRecalls(deps.db, run.project)
  const madeIn = new Map<string, Promise<Made[]>>()
  const find = async (step: SnapshotStep, key: string) => {
    let refused: string | null = null
    for (const entry of await entriesOf(deps.db, run.project, key)) {
      const all = madeIn.get(entry.run_id) ?? artifactsOfRun(deps.db, entry.run_id)
      madeIn.set(entry.run_id, all)
      const made = (await all).filter((row) => row.step === step.name)
      const why = await whyNotUsable(deps, { entry, made, grade: run.grade, recalls })
      if (why === null) return { entry, made }
      refused ??= why
    }
    return { entry: null, refused }
  }
  const found = new Map<string, LookedUp | undefined>()
  for (const step of spec.steps) {
    const code = codeOf.get(step.name)
    if (code === undefined) continue
    const parts = partsOf(step, { environment: spec.environment, code, digestOfSource: digestOf })
    if (!parts) {
      found.set(step.name, undefined)
      continue
    }
    const key = keyOf(parts)
    const looked = renew ? ({ entry: null, refused: null } as const) : await find(step, key)
    found.set(step.name, { step, key, parts, ...looked })
    if (looked.entry) learn(step.name, looked.made)
  }
  return found
}

/** The digests of what the run has made so far and of its pinned version. */
async function knownDigests({ db }: Deps, { run, spec }: { run: RunRow; spec: SnapshotSpec }) {
  const made = new Map<string, string>()
  const learn = (step: string, rows: readonly Made[]) => {
    for (const { output, digest } of rows) made.set(`${step}.${output}`, digest)
  }
  for (const row of await artifactsOfRun(db, run.id)) learn(row.step!, [row])
  const steps = await stepsOf(db, run.id)
  const skipped = new Set(steps.filter(({ status }) => status === 'skipped').map(({ name }) => name))
  const reads = spec.model?.action === 'consumes' && run.model_number !== null
  const pinned = { project: run.project, model: run.model_name! }
  const version = reads ? await findVersion(db, pinned, { number: run.model_number! }) : undefined
  const digestOf: DigestOfSource = (source) => {
    if (source.from === 'artifact') return source.digest
    if (source.from === 'model') return version?.artifacts[source.role]?.digest
    const digest = made.get(`${source.step}.${source.output}`)
    return digest ?? (source.optional && skipped.has(source.step) ? null : undefined)
  }
  return { digestOf, learn }
}
