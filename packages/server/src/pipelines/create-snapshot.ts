import { canonicalJson, digestOf } from '@airlock-ml/bundle'
import { PlatformError, type Snapshot, type SnapshotSpec } from '@airlock-ml/contract'
import { record } from '../audit/record.ts'
import type { Tx } from '../db/db.ts'
import type { Deps } from '../deps.ts'
import type { RequestContext } from '../http/request-context.ts'
import { findStack } from '../stacks/store.ts'
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
  if (!(await findStack(tx, project, spec.stack)))
    throw new PlatformError('stack_not_found', `The project ${project} has no stack ${spec.stack}.`)
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
  const outputs = new Set<string>()
  const names = new Set<string>()
  for (const step of steps) {
    if (names.has(step.name)) throw invalid(`Two steps are called ${step.name}.`, step.name)
    for (const [input, source] of Object.entries(step.inputs)) {
      if (source.from === 'step' && !outputs.has(`${source.step}.${source.output}`))
        throw invalid(
          `${step.name} reads ${source.step}.${source.output} as ${input}, which no earlier step makes.`,
          step.name,
        )
      if (source.from === 'model' && model?.action !== 'consumes')
        throw invalid(`${step.name} reads the model's ${source.role}, but the pipeline consumes no model.`, step.name)
    }
    names.add(step.name)
    for (const output of Object.keys(step.outputs)) outputs.add(`${step.name}.${output}`)
  }
  if (model?.action !== 'trains') return
  for (const role of ['model', 'evaluation', 'metrics'])
    if (!model.artifacts[role]) throw invalid(`The pipeline trains ${model.name} but returns no ${role}.`, role)
  for (const [role, { step, output }] of Object.entries(model.artifacts))
    if (!outputs.has(`${step}.${output}`))
      throw invalid(`The model's ${role} is ${step}.${output}, which no step makes.`, role)
}

const invalid = (message: string, subject: string) => new PlatformError('snapshot_invalid', message, { subject })
