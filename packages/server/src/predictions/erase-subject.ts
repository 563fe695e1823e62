import type { SubjectErasure } from '@airlock-ml/contract'
import { record } from '../audit/record.ts'
import { transact } from '../db/transact.ts'
import type { Deps } from '../deps.ts'
import type { RequestContext } from '../http/request-context.ts'
import { deleteLabels } from './label-store.ts'
import { readIds } from './part-file.ts'
import { subjectDigest } from './register-part.ts'
import { deploymentsEver, destroyKeys, markErased, partsAbout } from './subject-store.ts'

type About = { deploymentId: string; deployment: string; subject: string; ids: string[] }

/**
 * Destroys the keys of a subject in every deployment that the project has or had, with the labels of its predictions,
 * and remembers that it did, so that parts which are still on their way bring no key. The event names the subject by its
 * digests alone.
 * @throws PlatformError `blob_not_found`, `blob_damaged`, `store_unreachable`
 */
export async function eraseSubject(
  deps: Deps,
  { project, subject, reason }: { project: string; subject: string; reason: string },
  by: RequestContext,
): Promise<SubjectErasure> {
  const about = await everywhere(deps, project, subject)
  return transact(deps.db, async (tx) => {
    const at = deps.now().toISOString()
    const erased: { deployment: string; subject: string; parts: number }[] = []
    let labels = 0
    for (const { deploymentId, deployment, subject: digest, ids } of about) {
      const parts = await destroyKeys(tx, { deploymentId, subject: digest })
      labels += await deleteLabels(tx, deploymentId, ids)
      await markErased(tx, { deployment_id: deploymentId, subject: digest, erased_at: at })
      erased.push({ deployment, subject: digest, parts })
    }
    const found = erased.filter(({ parts }) => parts > 0)
    await record(tx, deps, {
      type: 'prediction.subject-erased',
      actor: by.actor,
      requestId: by.requestId,
      project,
      subject: { kind: 'project', id: project },
      after: { erased, labels },
      reason,
    })
    return {
      at,
      deployments: [...new Set(found.map(({ deployment }) => deployment))],
      parts: found.reduce((sum, { parts }) => sum + parts, 0),
      labels,
    }
  })
}

async function everywhere(deps: Deps, project: string, subject: string): Promise<About[]> {
  const about: About[] = []
  for (const { id: deploymentId, name } of await deploymentsEver(deps.db, project)) {
    const digest = subjectDigest(deps.pepper, deploymentId, subject)
    const ids: string[] = []
    for (const part of await partsAbout(deps.db, { deploymentId, subject: digest }))
      ids.push(...(await readIds(deps, part, digest)))
    about.push({ deploymentId, deployment: name, subject: digest, ids })
  }
  return about
}
