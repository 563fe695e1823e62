import { existsSync } from 'node:fs'
import { PlatformError } from '@airlock-ml/contract'
import { makeDecisionKey, readDecisionKey } from '../../decision-key/file.ts'
import { command } from '../../manifest/command.ts'
import { openProjectFolder } from '../../project/config.ts'
import { storeCredential } from '../../project/credentials.ts'
import { layout } from '../../project/layout.ts'
import { readSession } from '../../project/session.ts'
import { chooseWorkspace } from '../../workspace/choose.ts'

export default command({
  name: 'workspace recover-admin',
  summary: 'On the machine of its files: make an admin where four eyes have too few left',
  description: `Only where four eyes are in force and fewer than two admins can sign. It makes a new person with the role platform-admin, an
API key, stored in .airlock/credentials.json, and a decision key; nobody who is known is given anything. It works on the
folder of the workspace alone: no address, no role and no key is asked for. That an admin was made so, by whom and why,
is an event of the audit log, and \`airlock workspace show\` and \`airlock audit verify\` tell of it from then on.`,
  args: { admin: { summary: 'Name of the new person' } },
  options: { reason: { value: 'TEXT', required: true, summary: 'Why, for the record' } },
  examples: [
    'airlock workspace recover-admin eve --reason "ada has left, ben lost his key" --workspace enterprise-production',
  ],
  run: async ({ args: { admin }, options: { reason }, context }) => {
    const folder = await openProjectFolder(context.cwd)
    const name = await chooseWorkspace(context.flags.workspace, folder, await readSession(folder.dir))
    const dir = layout(folder.dir).workspace(name)
    if (!existsSync(dir)) {
      const why = `The files of ${name} are not on this machine: ${dir} does not exist.`
      throw new PlatformError('workspace_not_found', why)
    }
    const { recoverAdmin } = await import('@airlock-ml/server')
    const { signKeyClaim } = await import('@airlock-ml/bundle')
    const place = { name, folder }
    const signer = (await readDecisionKey(place, admin)) ?? (await makeDecisionKey(place, admin, { replaces: false }))
    const proof = await signKeyClaim(signer, { workspace: name, by: admin })
    const wanted = { admin, reason, publicKey: signer.publicKey, proof }
    const { apiKey } = await recoverAdmin({ dir, exchange: folder.exchange }, wanted)
    await storeCredential(folder.dir, { workspace: name, identity: admin, apiKey, makeDefault: false })
    context.note(
      context.colours.red(`${name} remembers for ever that its host made ${admin} an admin, without a second person`),
    )
    return {
      data: { workspace: name, admin, decisionKey: signer.keyHint },
      text: () => `${admin} is platform-admin of ${name}, and can sign: act as them with --as ${admin}`,
    }
  },
})
