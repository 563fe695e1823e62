import { digestOf } from '@airlock-ml/bundle'
import type { ComparisonDefinition, RegisteredComparison } from '@airlock-ml/contract'
import { record } from '../audit/record.ts'
import type { Tx } from '../db/db.ts'
import type { Deps } from '../deps.ts'
import type { RequestContext } from '../http/request-context.ts'
import { findDefinition, insertDefinition } from './definition-store.ts'

/** Registers a new version of how versions of a model are held against each other; the same again changes nothing. */
export async function applyComparison(
  tx: Tx,
  deps: Deps,
  { project, spec }: { project: string; spec: ComparisonDefinition },
  by: RequestContext,
): Promise<RegisteredComparison> {
  const { name, model, metrics, slices, margins, minimumSample, confidence } = spec
  const digest = digestOf(spec)
  const before = await findDefinition(tx, { project, name })
  if (before?.digest === digest) return before
  const registered: RegisteredComparison = {
    ...{ project, name, version: (before?.version ?? 0) + 1, digest, spec },
    appliedBy: by.actor.name,
    appliedAt: deps.now().toISOString(),
  }
  await insertDefinition(tx, deps.newId(), registered)
  await record(tx, deps, {
    type: 'comparison.applied',
    actor: by.actor,
    requestId: by.requestId,
    project,
    subject: { kind: 'comparison', id: `${name}/${registered.version}`, digest },
    ...(before && { before: { version: before.version, digest: before.digest } }),
    after: {
      ...{ version: registered.version, model, metrics, margins, minimumSample, confidence },
      slices: slices.map((slice) => slice.name),
    },
  })
  return registered
}
