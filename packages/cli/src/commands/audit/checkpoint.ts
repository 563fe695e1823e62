import { command } from '../../manifest/command.ts'
import { shown } from '../../output/show.ts'
import { openWorkspace } from '../../workspace/open.ts'

export default command({
  name: 'audit checkpoint',
  summary: 'Sign the head of the audit log now, and publish it',
  description: 'A served workspace does so by itself, a minute after a change at the latest.',
  examples: ['airlock audit checkpoint --workspace enterprise-production'],
  run: async ({ context }) => {
    const { client, advance } = await openWorkspace(context)
    const head = await client.createCheckpoint()
    await advance?.()
    return shown(
      head,
      {
        events: head.size,
        root: head.rootHash,
        signed: head.at,
        key: head.keyHint,
        'countersigned by': head.witnesses.map(({ workspace, at }) => `${workspace} at ${at}`).join('\n'),
      },
      { context },
    )
  },
})
