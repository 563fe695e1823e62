import type { LabelImport } from '@airlock-ml/contract'
import { predictionPart } from '@airlock-ml/contract'
import { record } from '../audit/record.ts'
import type { Tx } from '../db/db.ts'
import { transact } from '../db/transact.ts'
import { type DeploymentPath, existingDeployment } from '../deployments/existing.ts'
import type { Deps } from '../deps.ts'
import type { RequestContext } from '../http/request-context.ts'
import { findLabels, putLabels, type StoredLabel } from './label-store.ts'
import { lastIdOf, readSubjectsAndClasses, timeOf } from './part-file.ts'
import { partsWithin } from './store.ts'
import { subjectsWithKey } from './subject-store.ts'

type Label = { predictionId: string; label: string }
type Found = { partId: string; subject: string | null; classes: ReadonlySet<string> }
type Known = Label & Pick<Found, 'partId' | 'subject'>

const uuid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/

/**
 * Keeps what predictions of a deployment really were. A label that is known stays, so that what was judged by it can be
 * judged again; to replace it takes saying so. Ids that are no predictions of the deployment, and labels that no version
 * could have given, are told and kept nowhere: `M` for `malignant` would count as an error of the model. What was erased
 * with its subject is told, too, so that the same file again does not bring it back.
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
    const { readable, erased } = await withoutErased(tx, id, known)
    const kept = new Map(
      (
        await findLabels(
          tx,
          id,
          readable.map(({ predictionId }) => predictionId),
        )
      ).map((each) => [each.predictionId, each.label]),
    )
    const result: LabelImport = { imported: 0, unchanged: 0, replaced: 0, unknown, conflicting: [], noClass, erased }
    const toPut = new Map<string, StoredLabel>()
    for (const { predictionId, label } of readable) {
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
        erased: erased.length,
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
): Promise<{ known: Known[]; unknown: string[]; noClass: LabelImport['noClass'] }> {
  const ids = [...new Set(labels.map(({ predictionId }) => predictionId))].filter((id) => uuid.test(id)).sort()
  const found = new Map<string, Found>()
  const [from, to] = [ids[0], ids.at(-1)]
  if (from !== undefined && to !== undefined) {
    const last = lastIdOf(timeOf(to) + predictionPart.mostSpanMs)
    for (const part of await partsWithin(deps.db, deploymentId, { from, to, last })) {
      if (!ids.some((id) => part.firstId <= id && id <= part.lastId)) continue
      const { subjects, classes } = await readSubjectsAndClasses(deps, part)
      for (const id of ids) {
        const subject = subjects.get(id)
        if (subject !== undefined) found.set(id, { partId: part.id, subject, classes })
      }
    }
  }
  const known: Known[] = []
  const unknown: string[] = []
  const noClass: LabelImport['noClass'] = []
  for (const each of labels) {
    const held = found.get(each.predictionId)
    if (held === undefined) unknown.push(each.predictionId)
    else if (held.classes.size > 0 && !held.classes.has(each.label))
      noClass.push({ ...each, classes: [...held.classes] })
    else known.push({ ...each, partId: held.partId, subject: held.subject })
  }
  return { known, unknown, noClass }
}

/** Divides labels by whether the subject of their prediction was erased: its key is gone, or never came. */
async function withoutErased(
  tx: Tx,
  deploymentId: string,
  known: readonly Known[],
): Promise<{ readable: Label[]; erased: string[] }> {
  const asked = new Map<string, Set<string>>()
  for (const { partId, subject } of known)
    if (subject !== null) asked.set(partId, (asked.get(partId) ?? new Set()).add(subject))
  const withKey = new Map<string, Set<string>>()
  for (const [partId, subjects] of asked)
    withKey.set(partId, await subjectsWithKey(tx, { deploymentId, partId, subjects: [...subjects] }))
  const readable: Label[] = []
  const erased: string[] = []
  for (const { predictionId, label, partId, subject } of known)
    if (subject === null || withKey.get(partId)?.has(subject)) readable.push({ predictionId, label })
    else erased.push(predictionId)
  return { readable, erased }
}
