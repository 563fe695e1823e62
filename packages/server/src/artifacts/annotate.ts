import type { ArtifactVersion, Json } from '@airlock-ml/contract'
import { record } from '../audit/record.ts'
import { transact } from '../db/transact.ts'
import type { Deps } from '../deps.ts'
import type { RequestContext } from '../http/request-context.ts'
import { existingNamed } from './existing.ts'
import { deleteTags, insertTags, putNotes } from './store.ts'

type Change = { tag: string[]; untag: string[]; set: Record<string, Json>; unset: string[] }

/**
 * Changes the tags and notes of a version; a change that changes nothing leaves no event.
 * @throws PlatformError `artifact_not_found`
 */
export const annotateArtifact = (
  deps: Deps,
  at: { project: string; name: string; version: number },
  { tag, untag, set, unset }: Change,
  by: RequestContext,
): Promise<ArtifactVersion> =>
  transact(deps.db, async (tx) => {
    const which = { version: at.version }
    const before = await existingNamed(tx, at, which)
    await deleteTags(tx, at, untag)
    await insertTags(tx, at, tag)
    const notes = Object.fromEntries(
      Object.entries({ ...before.notes, ...set }).filter(([key]) => !unset.includes(key)),
    )
    await putNotes(tx, at, notes)
    const after = await existingNamed(tx, at, which)
    const said = ({ tags, notes }: ArtifactVersion) => ({ tags, notes })
    if (JSON.stringify(said(before)) !== JSON.stringify(said(after)))
      await record(tx, deps, {
        type: 'artifact.annotated',
        actor: by.actor,
        requestId: by.requestId,
        project: at.project,
        subject: { kind: 'artifact', id: `${at.name}/${at.version}`, digest: after.digest },
        before: said(before),
        after: said(after),
      })
    return after
  })
