import type { Client } from '@airlock-ml/client'
import type { AuditEvent, Deployment } from '@airlock-ml/contract'

/** Which challenger a deployment had last, and why it has it no more. */
export type TakenOut = { number: number; at: string; by: string; reason: string | null }

/** As the record has it; null where one is set, none ever was, or the caller may not read the record. */
export async function lastTakenOut(
  client: Client,
  { id, challenger }: Pick<Deployment, 'id' | 'challenger'>,
): Promise<TakenOut | null> {
  if (challenger) return null
  const query = { type: 'deployment.challenger-set', subject: id, limit: 1 }
  const [event] = (await client.listAuditEvents(query).catch(() => ({ items: [] as AuditEvent[] }))).items
  const before = event?.before as { challenger: { number: number } | null } | null | undefined
  if (!event || !before?.challenger) return null
  return { number: before.challenger.number, at: event.at, by: event.actor.name, reason: event.reason }
}
