import { PlatformError } from '@airlock-ml/contract'
import type { Context } from '../../context.ts'
import { askSecret, linesOf } from '../../identity/secrets.ts'
import { command } from '../../manifest/command.ts'
import { openWorkspace } from '../../workspace/open.ts'

export default command({
  name: 'user set-password',
  summary: 'Set the password of a user',
  description: `One's own, or as a platform-admin that of somebody who has none or has forgotten it. It has 12 to 1,000 characters and
is asked for. What the one before signed in ends at once. Whoever set another's password counts as having made the keys
that it signs in for, until they change it themselves.`,
  args: { name: { summary: 'Name of the user' } },
  options: {
    stdin: { summary: 'Read the new password from the first line of stdin, and the one before from the second' },
  },
  examples: ['airlock user set-password ada --workspace enterprise-production'],
  run: async ({ args, options, context }) => {
    const { client, name: workspace } = await openWorkspace(context)
    const isOwn = (await client.whoami()).actor.name === args.name
    const { password, current } = options.stdin ? await given(context) : await asked(context, isOwn)
    const set = isOwn
      ? await client.setOwnPassword({ body: { password, current } })
      : await client.setUserPassword({ name: args.name, body: { password } })
    return {
      data: set,
      text: () => `${set.user} signs in with \`airlock login ${workspace} --name ${set.user}\``,
    }
  },
})

type Passwords = { password: string; current: string | null }

async function given(context: Context): Promise<Passwords> {
  const [password = '', current] = await linesOf(context.stdin)
  return { password, current: current || null }
}

async function asked(context: Context, isOwn: boolean): Promise<Passwords> {
  const ask = (what: string) => askSecret(context, { what, instead: '--stdin' })
  const current = isOwn ? (await ask('Password before (none: just Enter)')) || null : null
  const password = await ask('New password')
  if ((await ask('The same again')) !== password)
    throw new PlatformError('cli_usage_invalid', 'The two are not the same. Nothing was changed.')
  return { password, current }
}
