import { command } from '../../manifest/command.ts'
import { shown } from '../../output/show.ts'
import { openWorkspace } from '../../workspace/open.ts'

export default command({
  name: 'audit show',
  summary: 'Show one audit event',
  args: { sequence: { summary: 'Its number in the log', integer: true } },
  examples: ['airlock audit show 42 --workspace enterprise-production'],
  run: async ({ args, context }) => {
    const { client } = await openWorkspace(context)
    const event = await client.showAuditEvent({ sequence: args.sequence })
    const { actor, subject } = event
    return shown(
      event,
      {
        number: event.sequence,
        at: event.at,
        event: event.type,
        outcome: event.outcome,
        by: `${actor.kind} ${actor.name}`,
        person: actor.person,
        key: actor.apiKeyId,
        'signed in by': actor.signedInBy,
        project: event.project,
        subject: `${subject.kind} ${subject.id}`,
        digest: subject.digest,
        before: JSON.stringify(event.before, null, 2),
        after: JSON.stringify(event.after, null, 2),
        reason: event.reason,
        request: event.requestId,
      },
      { context },
    )
  },
})
