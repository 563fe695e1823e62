import type { KeepReason } from '@airlock-ml/contract'
import type { Db } from '../db/db.ts'
import { roots } from './needs-store.ts'
import { type Kept, liveBlobs } from './store.ts'

/** The bytes of a project: those that nothing needs, and what is kept, by the first reason that holds. */
export type Judged = { garbage: Kept[]; kept: Map<KeepReason, Kept[]> }

/** Judges all bytes of a project. Read in one transaction, so that nothing comes to need them meanwhile. */
export async function judgeBlobs(db: Db, project: string, { usedSince }: { usedSince: string }): Promise<Judged> {
  const needs: { reason: KeepReason; digests: Set<string> }[] = []
  for (const { reason, digests } of roots) needs.push({ reason, digests: new Set(await digests(db, project)) })
  const judged: Judged = { garbage: [], kept: new Map() }
  for (const blob of await liveBlobs(db, project)) {
    const need = needs.find(({ digests }) => digests.has(blob.digest))
    const reason = blob.usedAt >= usedSince ? 'recent' : need?.reason
    const place = reason ? (judged.kept.get(reason) ?? []) : judged.garbage
    place.push(blob)
    if (reason) judged.kept.set(reason, place)
  }
  return judged
}
