import { command } from '../../manifest/command.ts'
import { openWorkspace } from '../../workspace/open.ts'

export default command({
  name: 'promotion sync',
  summary: 'Look for receipts of imports elsewhere',
  description: `Whoever imported a bundle of this workspace left a signed receipt in the exchange. It counts when its key is trusted for
receipts. A served workspace looks by itself.`,
  examples: ['airlock promotion sync --workspace enterprise-dev-staging'],
  run: async ({ context }) => {
    const { client, project, name } = await openWorkspace(context)
    const sync = await client.syncReceipts({ project })
    const { received, refused, trusted } = sync
    if (trusted.length === 0)
      context.note(`${name} believes nobody's receipts: \`airlock trust add FILE --source NAME --for receipts\``)
    return {
      data: sync,
      text: () =>
        [
          ...received.map(
            (each) =>
              `${each.model} ${each.version} is ${each.workspace} version ${each.number}, ${each.stage} since ${each.since}`,
          ),
          ...refused.map(({ receipt, reason }) => `${context.colours.red('ignored')} ${receipt}: ${reason}`),
        ].join('\n') || 'nothing new',
    }
  },
})
