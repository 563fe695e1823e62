import { command } from '../../manifest/command.ts'
import { holdersText, recalledText, recallerText } from '../../recall/print.ts'
import { openWorkspace } from '../../workspace/open.ts'

export default command({
  name: 'recall sync',
  summary: 'Look for recalls of other workspaces',
  description: `A workspace publishes its recalls, signed, in the exchange. They count where its key is trusted for bundles or
receipts. A served workspace looks by itself.`,
  examples: ['airlock recall sync --workspace enterprise-production'],
  run: async ({ context }) => {
    const { client, project, name } = await openWorkspace(context)
    const sync = await client.syncRecalls({ project })
    const { received, refused, missing, trusted } = sync
    if (trusted.length === 0)
      context.note(`${name} believes nobody's recalls: \`airlock trust add FILE --source NAME --for bundles\``)
    const { red } = context.colours
    return {
      data: sync,
      text: () =>
        [
          ...received.flatMap(({ act, recall, counts, holders }) => [
            `${recallerText(recall)} ${act === 'issued' ? 'recalled' : 'lifted the recall of'} ${recalledText(recall)}: ${counts.versions} versions here, and ${counts.predictions} predictions rest on it (airlock recall show ${recall.id})`,
            ...(act === 'issued' && holders.length > 0 ? [holdersText({ holders }, context)] : []),
          ]),
          ...refused.map(({ notice, reason }) => `${red('ignored')} ${notice}: ${reason}`),
          ...missing.map(({ workspace, sequence }) => `${red('missing')} notice ${sequence} of ${workspace}`),
        ].join('\n') || 'nothing new',
    }
  },
})
