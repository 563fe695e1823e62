import { command } from '../../manifest/command.ts'
import { openWorkspace } from '../../workspace/open.ts'

export default command({
  name: 'trust remove',
  summary: 'Stop accepting the bundles that a key signs, at once',
  args: { key: { summary: 'Key, as `airlock trust list` prints it' } },
  options: { reason: { value: 'TEXT', summary: 'Why, for the record', required: true } },
  examples: ['airlock trust remove 6f1d…e0 --reason "Key was copied" --workspace enterprise-production'],
  run: async ({ args, options, context }) => {
    const { client, name } = await openWorkspace(context)
    const key = await client.removeTrustedKey({ keyHint: args.key, body: { reason: options.reason } })
    return { data: key, text: () => `${name} accepts nothing more of key ${key.keyHint} (${key.workspace})` }
  },
})
