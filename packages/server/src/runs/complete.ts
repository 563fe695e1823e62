import { digestOf } from '@airlock-ml/bundle'
import {
  type HookRun,
  type Json,
  type ModelVersion,
  PlatformError,
  type Run,
  type SnapshotModel,
  type SnapshotSpec,
  type StepStatus,
} from '@airlock-ml/contract'
import { crashPoint } from '@airlock-ml/stack/crash-point'
import { readBlob } from '../artifacts/blobs.ts'
import { artifactsOfRun, refOf } from '../artifacts/store.ts'
import { record } from '../audit/record.ts'
import { allDefinitions } from '../comparisons/definition-store.ts'
import { judgedByRun } from '../comparisons/judged-by.ts'
import { readResult } from '../comparisons/read-result.ts'
import { insertComparison } from '../comparisons/store.ts'
import type { Tx } from '../db/db.ts'
import { transact } from '../db/transact.ts'
import type { Deps } from '../deps.ts'
import type { RequestContext } from '../http/request-context.ts'
import { commitsOf, refsOfTraining } from '../lineage/refs.ts'
import { sourcesOf } from '../lineage/sources.ts'
import { computedBy, insertRefs } from '../lineage/store.ts'
import { type NewVersion, registerVersion } from '../models/register.ts'
import { findVersion } from '../models/version-store.ts'
import { demandEvaluable } from './demand-evaluable.ts'
import { evidenceOfRun } from './evidence.ts'
import { demandWanted } from './inputs.ts'
import { holdRun } from './lease.ts'
import { showRun } from './show.ts'
import type { SnapshotSpecs } from './snapshot-specs.ts'
import { endRunningSteps, findOutput, stepsOf } from './step-store.ts'
import { endRun, type RunRow } from './store.ts'

type HeldRun = { project: string; runId: string; leaseToken: string }
type Trains = Extract<SnapshotModel, { action: 'trains' }>

/**
 * Ends a run well. A run that trains registers its one new version in the same transaction, so that there is no version
 * of a run that failed and no completed training without its version.
 * @throws PlatformError those of `holdRun` and `demandEvaluable`, `comparison_refused`, `run_cancel_requested`, `run_incomplete`
 */
export async function completeRun(
  deps: Deps,
  specs: SnapshotSpecs,
  { hooks, metadata, ...held }: HeldRun & { hooks: HookRun[]; metadata: Record<string, Json> },
  by: RequestContext,
): Promise<Run> {
  const { run, trained, compared } = await readMade(deps, specs, { ...held, hooks })
  await crashPoint('run:completing-checked')
  await transact(deps.db, async (tx) => {
    demandWanted(await holdRun(tx, deps, held))
    const version = trained && (await registerVersion(tx, deps, trained, by))
    if (trained && version)
      await insertRefs(
        tx,
        { project: version.project, versionId: version.id },
        refsOfTraining(version.source, trained.commits),
      )
    if (compared) await insertComparison(tx, { ...compared, compared_at: deps.now().toISOString() })
    await endRun(tx, run.id, {
      status: 'completed',
      at: deps.now().toISOString(),
      hooks,
      metadata,
      ...(version && { model: { number: version.number, digest: version.digest } }),
    })
    await recordEnd(tx, deps, run, by)
  })
  await crashPoint('run:completed')
  return showRun(deps.db, run.project, run.id)
}

/**
 * Whether a run could end well as it is: asked before its success hooks, so that they announce nothing that is then refused.
 * @throws PlatformError those of `completeRun`
 */
export async function checkRun(deps: Deps, specs: SnapshotSpecs, held: HeldRun): Promise<Run> {
  const { run } = await readMade(deps, specs, { ...held, hooks: [] })
  return showRun(deps.db, run.project, run.id)
}

/** What a run that may end has made, read and checked. */
async function readMade(deps: Deps, specs: SnapshotSpecs, { hooks, ...held }: HeldRun & { hooks: HookRun[] }) {
  const { run, spec } = await transact(deps.db, async (tx) => {
    const run = await holdRun(tx, deps, held)
    demandWanted(run)
    const spec = await specs.specOf(tx, run)
    await demandAllCompleted(tx, run, spec)
    return { run, spec }
  })
  return {
    run,
    trained: spec.model?.action === 'trains' ? await readTrained(deps, run, spec, spec.model, hooks) : null,
    compared: spec.model?.action === 'compares' ? await readCompared(deps, run, spec.model) : null,
  }
}

/** What a run that compares has found of the two versions it was pinned to. */
async function readCompared(
  deps: Deps,
  run: RunRow,
  { comparison: { step, output } }: Extract<SnapshotModel, { action: 'compares' }>,
): Promise<Omit<Parameters<typeof insertComparison>[1], 'compared_at'>> {
  const { project } = run
  const model = run.model_name!
  const made = (await findOutput(deps.db, { runId: run.id, step, output }))!
  const { definition, ...found } = readResult(await readBlob(deps, { project, digest: made.digest }))
  const challenger = (await findVersion(deps.db, { project, model }, { number: run.model_number! }))!
  // Of what was imported its source says when it was trained; it was no later than it came in.
  const trainedAt = [challenger.source.trainedAt, challenger.createdAt].sort()[0]!
  return {
    workspace: deps.workspace.name,
    run_id: run.id,
    project,
    model,
    challenger_number: run.model_number!,
    challenger_digest: run.model_digest!,
    champion_number: run.champion_number!,
    champion_digest: run.champion_digest!,
    grade: run.grade,
    result: {
      ...found,
      definition: judgedByRun(await allDefinitions(deps.db, project), { model, definition, trainedAt }),
    },
  }
}

const verb = { failed: 'failed', cancelled: 'was cancelled' }

type Failure = {
  status: 'failed' | 'cancelled'
  error: { step: string | null; message: string }
  hooks: HookRun[]
}

/** Ends a run that failed or is cancelled; it registers nothing. */
export async function failRun(
  deps: Deps,
  { status, error, hooks, ...held }: HeldRun & Failure,
  by: RequestContext,
): Promise<Run> {
  await transact(deps.db, async (tx) => {
    const run = await holdRun(tx, deps, held)
    const at = deps.now().toISOString()
    await endRunningSteps(tx, run.id, { status, at, error: `The run ${verb[status]} while this step ran.` })
    await endRun(tx, run.id, { status, at, error, hooks })
    await recordEnd(tx, deps, run, by)
  })
  await crashPoint('run:failed')
  return showRun(deps.db, held.project, held.runId)
}

/** One event a run, with the digest of its record: what happened inside is telemetry. */
async function recordEnd(tx: Tx, deps: Deps, { id, project }: RunRow, by: RequestContext): Promise<void> {
  const ended = await showRun(tx, project, id)
  await record(tx, deps, {
    type: `run.${ended.status}`,
    actor: by.actor,
    requestId: by.requestId,
    project,
    subject: { kind: 'run', id, digest: digestOf(ended) },
    after: { pipeline: ended.pipeline, version: ended.model?.number ?? null },
    reason: ended.error?.message.slice(0, 2_000) ?? null,
  })
}

const endedWell: readonly StepStatus[] = ['completed', 'cached', 'skipped']

async function demandAllCompleted(tx: Tx, run: RunRow, spec: SnapshotSpec): Promise<void> {
  const completed = new Set(
    (await stepsOf(tx, run.id)).filter(({ status }) => endedWell.includes(status)).map(({ name }) => name),
  )
  const open = spec.steps.map(({ name }) => name).filter((name) => !completed.has(name))
  if (open.length > 0)
    throw new PlatformError('run_incomplete', `${open.length} of ${spec.steps.length} steps have not completed.`, {
      steps: open.slice(0, 50),
    })
}

const needed = ['model', 'evaluation', 'metrics']

async function readTrained(
  deps: Deps,
  run: RunRow,
  spec: SnapshotSpec,
  model: Trains,
  hooks: HookRun[],
): Promise<NewVersion | null> {
  const made = await artifactsOfRun(deps.db, run.id)
  const artifacts: ModelVersion['artifacts'] = {}
  for (const [role, { step, output }] of Object.entries(model.artifacts)) {
    const found = made.find((row) => row.step === step && row.output === output)
    if (found) artifacts[role] = refOf(found)
    // What a skipped step would have made is not there; without one of these there is no version to speak of.
    else if (needed.includes(role)) return null
  }
  const read = (role: string) => readBlob(deps, { project: run.project, digest: artifacts[role]!.digest })
  for (const [role, type] of [
    ['model', 'model'],
    ['evaluation', 'table'],
    ['metrics', 'json'],
  ] as const)
    if (artifacts[role]?.type !== type)
      throw new PlatformError(
        'model_invalid',
        `The artifact ${role} of a version must be of type ${type}; it is ${artifacts[role]?.type}.`,
      )
  const [bytes, table] = [await read('model'), await read('evaluation')]
  await demandEvaluable({ model: bytes, table, evaluation: model.evaluation })
  const metrics = numbersOf(await read('metrics'))
  const sources = await sourcesOf(deps.db, run.id)
  return {
    project: run.project,
    model: model.name,
    digest: artifacts.model!.digest,
    metrics,
    parameters: spec.parameters,
    artifacts,
    lineage: [...made, ...sources].map(({ digest }) => digest),
    commits: commitsOf(spec.code, [...(await computedBy(deps.db, run.id)).values(), ...sources]),
    evaluation: model.evaluation,
    evidence: evidenceOfRun(deps, run, { spec, metrics, artifacts, hooks }),
    source: {
      workspace: deps.workspace.name,
      project: run.project,
      model: model.name,
      runId: run.id,
      pipeline: run.pipeline,
      snapshotDigest: run.snapshot_digest!,
      commit: spec.code.commit,
      dirty: spec.code.dirty,
      trainedAt: deps.now().toISOString(),
      bundleDigest: null,
      promotionId: null,
    },
  }
}

/** The finite numbers at the top of a metrics artifact; what is nested in it stays in the artifact. */
function numbersOf(bytes: Uint8Array): Record<string, number> {
  let value: unknown
  try {
    value = JSON.parse(Buffer.from(bytes).toString())
  } catch (error) {
    throw new PlatformError('model_invalid', `The metrics are not JSON: ${(error as Error).message}`)
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw new PlatformError('model_invalid', 'The metrics are not a JSON object of numbers by name.')
  return Object.fromEntries(
    Object.entries(value).filter((entry): entry is [string, number] => Number.isFinite(entry[1])),
  )
}
