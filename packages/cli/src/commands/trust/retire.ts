import { command } from '../../manifest/command.ts'
import { momentOf } from '../../model/parse-moment.ts'
import { openWorkspace } from '../../workspace/open.ts'

export default command({
  name: 'trust retire',
  summary: 'End a key that its workspace has rotated, or lost',
  description: `From now on, or since --at where the key was lost earlier, it counts only for what this workspace witnessed before: a bundle
whose export lies in its workspace's log under a head that was countersigned then, a receipt that was taken. Believe the key
that comes after it first (\`airlock trust add\`). For a workspace that is believed no more, use \`airlock trust remove\`.`,
  args: { key: { summary: 'Key, as `airlock trust list` prints it' } },
  options: {
    reason: { value: 'TEXT', summary: 'Why, for the record', required: true },
    at: { value: 'TIME', summary: 'When it ended: ISO with a time zone, or a date, whose end counts (default: now)' },
  },
  examples: [
    'airlock trust retire 6f1d…e0 --reason "Rotated in January" --workspace enterprise-production',
    'airlock trust retire 6f1d…e0 --reason "Copied from a laptop" --at 2026-03-01T14:30Z --workspace enterprise-production',
  ],
  run: async ({ args, options, context }) => {
    const at = options.at === undefined ? null : momentOf(options.at)
    const { client, name } = await openWorkspace(context)
    const key = await client.retireTrustedKey({ keyHint: args.key, body: { reason: options.reason, at } })
    return {
      data: key,
      text: () =>
        `${name} believes key ${key.keyHint} (${key.workspace}) only about what it saw before ${key.retiredAt ?? key.removedAt}`,
    }
  },
})
