import { command } from '../../manifest/command.ts'
import { shown } from '../../output/show.ts'
import { openWorkspace } from '../../workspace/open.ts'

export default command({
  name: 'workspace show',
  summary: 'Show a workspace and its public signing keys',
  args: { name: { summary: 'Workspace (default: as `--workspace`)', optional: true } },
  examples: ['airlock workspace show enterprise-dev-staging --json'],
  run: async ({ args, context }) => {
    const { client } = await openWorkspace(context, args.name)
    const workspace = await client.showWorkspace()
    const { name, createdAt, version, keyHint, publicKey, keys, fourEyes, fourEyesSince, recoveries } = workspace
    const retired = keys.filter(({ retiredAt }) => retiredAt !== null)
    return shown(
      workspace,
      {
        name,
        created: createdAt,
        version,
        'four eyes': fourEyes ? (fourEyesSince ?? 'from the second admin with a decision key on') : 'no',
        'recovered by host':
          recoveries
            .map(({ at, event }) => context.colours.red(`an admin, without a second person, at ${at}: event ${event}`))
            .join('\n') || null,
        key: keyHint,
        'retired keys':
          retired.map((key) => `${key.keyHint}, from ${key.validFrom} to ${key.retiredAt}`).join('\n') || null,
        'public key': publicKey,
      },
      { context },
    )
  },
})
