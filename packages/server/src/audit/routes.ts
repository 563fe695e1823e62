import { type auditRoutes, PlatformError } from '@airlock-ml/contract'
import type { Deps } from '../deps.ts'
import type { Handlers } from '../http/mount.ts'
import { findEvent, listEvents } from './store.ts'

export const auditHandlers = ({ db }: Deps): Handlers<typeof auditRoutes> => ({
  listAuditEvents: ({ type, subject, ...page }) => listEvents(db, { type, subject }, page),
  showAuditEvent: async ({ sequence }) => {
    const event = await findEvent(db, sequence)
    if (!event) throw new PlatformError('audit_event_not_found', `The log has no event ${sequence}.`)
    return event
  },
})
