import { command } from '../../manifest/command.ts'
import { pageOptions } from '../../manifest/global-options.ts'
import { listed } from '../../output/table.ts'
import { openWorkspace } from '../../workspace/open.ts'

export default command({
  name: 'audit list',
  summary: 'List audit events, newest first',
  options: {
    type: { value: 'TYPE', summary: 'Of this type only, as `promotion.approved`' },
    subject: { value: 'ID', summary: 'On this subject only' },
    ...pageOptions,
  },
  examples: ['airlock audit list --workspace enterprise-production --type promotion.approved'],
  run: async ({ options, context }) => {
    const { client } = await openWorkspace(context)
    return listed(
      await client.listAuditEvents(options),
      {
        '#': ({ sequence }) => sequence,
        At: ({ at }) => at,
        Event: ({ type }) => type,
        Outcome: ({ outcome }) => outcome,
        By: ({ actor }) => (actor.person === actor.name ? actor.name : `${actor.name} of ${actor.person}`),
        Subject: ({ subject }) => `${subject.kind} ${subject.id}`,
        Reason: ({ reason }) => reason,
      },
      context,
    )
  },
})
