import type { Evidence } from '@airlock-ml/contract'
import type { Db } from '../db/db.ts'
import { judgedWindows, openBreaches } from './store.ts'

/**
 * What services of this workspace have seen of a version, by its bytes. Nothing where no window of it was judged, so
 * that a gate which asks for it blocks. It is what services say of themselves: `asserted`.
 */
export async function monitoringEvidence(
  db: Db,
  bytes: { project: string; digest: string },
): Promise<Pick<Evidence, 'monitoring'>> {
  const { windows, last } = await judgedWindows(db, bytes)
  if (!last) return {}
  const breaches = await openBreaches(db, bytes)
  const value = {
    windows,
    level: last.level,
    last_at: last.ended_at,
    breaches: breaches.length,
    breached: breaches.map(({ measure, subject, name }) => [measure, subject, name].filter(Boolean).join(' ')),
  }
  return { monitoring: { grade: 'asserted', value } }
}
