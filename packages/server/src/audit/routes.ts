import { type auditRoutes, PlatformError } from '@airlock-ml/contract'
import type { Deps } from '../deps.ts'
import type { Handlers } from '../http/mount.ts'
import { findEvent, listEvents } from './store.ts'
import { takeEvidence } from './take-evidence.ts'

export const auditHandlers = (deps: Deps): Handlers<typeof auditRoutes> => ({
  listAuditEvents: ({ type, subject, ...page }) => listEvents(deps.db, { type, subject }, page),
  showAuditEvent: async ({ sequence }) => {
    const event = await findEvent(deps.db, sequence)
    if (!event) throw new PlatformError('audit_event_not_found', `The log has no event ${sequence}.`)
    return event
  },
  takeEvidence: ({ body }, by) => takeEvidence(deps, body, by),
})
