import { command } from '../../manifest/command.ts'
import { openWorkspace } from '../../workspace/open.ts'

export default command({
  name: 'workspace rotate-key',
  summary: 'Give a workspace a new signing key',
  description: `The key before signs nothing more but that the new one comes after it; its private half is gone. Whoever trusts this
workspace believes the new key only after \`airlock trust add\`, and is to end the old one by \`airlock trust retire\`.`,
  args: { name: { summary: 'Workspace (default: as `--workspace`)', optional: true } },
  options: { reason: { value: 'TEXT', summary: 'Why, for the record' } },
  examples: ['airlock workspace rotate-key enterprise-dev-staging --reason "every January"'],
  run: async ({ args, options, context }) => {
    const { client, name } = await openWorkspace(context, args.name)
    const keys = await client.rotateSigningKey({ body: { reason: options.reason ?? null } })
    const { inForce, retired } = keys
    return {
      data: keys,
      text: () =>
        [
          `${name} signs with key ${inForce.keyHint} from now on; ${retired.keyHint} is retired`,
          `For those who trust ${name}:`,
          '',
          inForce.publicKey.trimEnd(),
        ].join('\n'),
    }
  },
})
