import { canonicalJson, digestOf } from '@airlock-ml/bundle'
import { type ArtifactType, PlatformError, type Snapshot, type SnapshotSpec } from '@airlock-ml/contract'
import { record } from '../audit/record.ts'
import type { Tx } from '../db/db.ts'
import type { Deps } from '../deps.ts'
import type { RequestContext } from '../http/request-context.ts'
import { existingStack } from '../stacks/existing.ts'
import { findSnapshot, insertPipeline, insertSnapshot } from './store.ts'

/**
 * Stores a compiled pipeline under the digest of its canonical JSON; the same again answers with the first.
 * @throws PlatformError `stack_not_found`, `snapshot_invalid`
 */
export async function createSnapshot(
  tx: Tx,
  deps: Deps,
  { project, spec }: { project: string; spec: SnapshotSpec },
  by: RequestContext,
): Promise<Snapshot> {
  await existingStack(tx, project, spec.stack)
  checkWiring(spec)
  const digest = digestOf(spec)
  const known = await findSnapshot(tx, project, { digest })
  if (known) return known
  const createdAt = deps.now().toISOString()
  const id = deps.newId()
  await insertPipeline(tx, { project, name: spec.pipeline, created_at: createdAt })
  await insertSnapshot(tx, {
    id,
    project,
    pipeline: spec.pipeline,
    digest,
    environment: spec.environment,
    stack: spec.stack,
    git_commit: spec.code.commit,
    dirty: Number(spec.code.dirty),
    spec: Buffer.from(canonicalJson(spec)).toString(),
    created_by: by.actor.name,
    created_at: createdAt,
  })
  await record(tx, deps, {
    type: 'snapshot.created',
    actor: by.actor,
    requestId: by.requestId,
    project,
    subject: { kind: 'snapshot', id, digest },
    after: { pipeline: spec.pipeline, environment: spec.environment, commit: spec.code.commit, dirty: spec.code.dirty },
  })
  return { id, project, digest, createdBy: by.actor.name, createdAt, spec }
}

/** Every name a step or the model refers to must be an output of an earlier step: so there is no cycle either. */
function checkWiring({ steps, model }: SnapshotSpec): void {
  const outputs = new Map<string, ArtifactType>()
  const names = new Set<string>()
  for (const step of steps) {
    if (names.has(step.name)) throw invalid(`Two steps are called ${step.name}.`, step.name)
    for (const earlier of [...(step.after ?? []), ...(step.when ? [step.when.step] : [])])
      if (!names.has(earlier)) throw invalid(`${step.name} waits for ${earlier}, which is no earlier step.`, step.name)
    if (step.when && outputs.get(`${step.when.step}.${step.when.output}`) !== 'json')
      throw invalid(`${step.name} asks ${step.when.step}.${step.when.output}, which is no JSON output.`, step.name)
    const read = Object.entries(step.inputs).flatMap(([input, source]) =>
      (source.from === 'list' ? source.items : [source]).map((single) => [input, single] as const),
    )
    for (const [input, source] of read) {
      if (source.from === 'step' && !outputs.has(`${source.step}.${source.output}`))
        throw invalid(
          `${step.name} reads ${source.step}.${source.output} as ${input}, which no earlier step makes.`,
          step.name,
        )
      if (source.from === 'requests' && model?.action !== 'serves')
        throw invalid(`${step.name} reads requests as ${input}, but the pipeline is not served.`, step.name)
      const pinsOne = model?.action === 'consumes' || model?.action === 'serves'
      if (source.from === 'model' && model?.action !== 'compares' && (!pinsOne || source.of))
        throw invalid(
          `${step.name} reads the ${source.of ?? 'model'}'s ${source.role}, but the pipeline pins no such version.`,
          step.name,
        )
    }
    names.add(step.name)
    for (const [output, { type }] of Object.entries(step.outputs)) outputs.set(`${step.name}.${output}`, type)
  }
  if (model?.action === 'compares') {
    const made = `${model.comparison.step}.${model.comparison.output}`
    if (outputs.get(made) !== 'json') throw invalid(`The comparison is ${made}, which is no JSON output.`, made)
  }
  if (model?.action === 'serves') {
    const made = `${model.answers.step}.${model.answers.output}`
    if (outputs.get(made) !== 'json') throw invalid(`The answers are ${made}, which is no JSON output.`, made)
  }
  if (model?.action !== 'trains') return
  for (const role of ['model', 'evaluation', 'metrics'])
    if (!model.artifacts[role]) throw invalid(`The pipeline trains ${model.name} but returns no ${role}.`, role)
  for (const [role, { step, output }] of Object.entries(model.artifacts))
    if (!outputs.has(`${step}.${output}`))
      throw invalid(`The model's ${role} is ${step}.${output}, which no step makes.`, role)
}

const invalid = (message: string, subject: string) => new PlatformError('snapshot_invalid', message, { subject })
