import type { LabelImport } from '@airlock-ml/contract'
import { predictionPart } from '@airlock-ml/contract'
import { record } from '../audit/record.ts'
import { transact } from '../db/transact.ts'
import { type DeploymentPath, existingDeployment } from '../deployments/existing.ts'
import type { Deps } from '../deps.ts'
import type { RequestContext } from '../http/request-context.ts'
import { findLabels, putLabels, type StoredLabel } from './label-store.ts'
import { lastIdOf, readIdsAndClasses, timeOf } from './part-file.ts'
import { partsWithin } from './store.ts'

type Label = { predictionId: string; label: string }

const uuid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/

/**
 * Keeps what predictions of a deployment really were. A label that is known stays, so that what was judged by it can be
 * judged again; to replace it takes saying so. Ids that are no predictions of the deployment, and labels that no version
 * could have given, are told and kept nowhere: `M` for `malignant` would count as an error of the model.
 * @throws PlatformError `deployment_not_found`, `blob_not_found`, `blob_damaged`, `store_unreachable`
 */
export async function importLabels(
  deps: Deps,
  { labels, replace, ...path }: DeploymentPath & { labels: readonly Label[]; replace: boolean },
  by: RequestContext,
): Promise<LabelImport> {
  const { id, name, project } = await existingDeployment(deps.db, path)
  const { known, unknown, noClass } = await divide(deps, id, labels)
  return transact(deps.db, async (tx) => {
    const at = deps.now().toISOString()
    const kept = new Map(
      (
        await findLabels(
          tx,
          id,
          known.map(({ predictionId }) => predictionId),
        )
      ).map((each) => [each.predictionId, each.label]),
    )
    const result: LabelImport = { imported: 0, unchanged: 0, replaced: 0, unknown, conflicting: [], noClass }
    const toPut = new Map<string, StoredLabel>()
    for (const { predictionId, label } of known) {
      const before = kept.get(predictionId)
      if (before === label) result.unchanged++
      else if (before !== undefined && !replace) result.conflicting.push({ predictionId, label, kept: before })
      else {
        if (before === undefined) result.imported++
        else result.replaced++
        toPut.set(predictionId, { predictionId, label, importedBy: by.actor.name, importedAt: at })
        kept.set(predictionId, label)
      }
    }
    if (toPut.size === 0) return result
    await putLabels(tx, id, [...toPut.values()])
    const { imported, unchanged, replaced } = result
    await record(tx, deps, {
      type: 'prediction.labels-imported',
      actor: by.actor,
      requestId: by.requestId,
      project,
      subject: { kind: 'deployment', id },
      after: {
        deployment: name,
        imported,
        unchanged,
        replaced,
        unknown: unknown.length,
        conflicting: result.conflicting.length,
        noClass: noClass.length,
      },
    })
    return result
  })
}

/** Which labels are of predictions that the log of the deployment holds, and could be right. Each part is read once. */
async function divide(
  deps: Deps,
  deploymentId: string,
  labels: readonly Label[],
): Promise<{ known: Label[]; unknown: string[]; noClass: LabelImport['noClass'] }> {
  const ids = [...new Set(labels.map(({ predictionId }) => predictionId))].filter((id) => uuid.test(id)).sort()
  const found = new Map<string, ReadonlySet<string>>()
  const [from, to] = [ids[0], ids.at(-1)]
  if (from !== undefined && to !== undefined) {
    const last = lastIdOf(timeOf(to) + predictionPart.mostSpanMs)
    for (const part of await partsWithin(deps.db, deploymentId, { from, to, last })) {
      if (!ids.some((id) => part.firstId <= id && id <= part.lastId)) continue
      const held = await readIdsAndClasses(deps, part)
      for (const id of ids) if (held.ids.has(id)) found.set(id, held.classes)
    }
  }
  const known: Label[] = []
  const unknown: string[] = []
  const noClass: LabelImport['noClass'] = []
  for (const each of labels) {
    const classes = found.get(each.predictionId)
    if (classes === undefined) unknown.push(each.predictionId)
    else if (classes.size > 0 && !classes.has(each.label)) noClass.push({ ...each, classes: [...classes] })
    else known.push(each)
  }
  return { known, unknown, noClass }
}
