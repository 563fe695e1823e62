import { command } from '../manifest/command.ts'
import { openProjectFolder } from '../project/config.ts'
import { forgetCredential, readCredentials, setDefaultIdentity } from '../project/credentials.ts'
import { readSession, updateSession } from '../project/session.ts'
import { chooseWorkspace } from '../workspace/choose.ts'

export default command({
  name: 'logout',
  summary: 'Sign out of a workspace',
  description: `Nobody acts there by default any more. Stored keys stay for --as NAME and the next login, because the key of an
embedded workspace may be the only way back into it; with --forget the key of the identity is deleted, too.`,
  args: { workspace: { summary: 'Workspace (default: as `--workspace`)', optional: true } },
  options: { forget: { summary: 'Delete the stored key' } },
  examples: ['airlock logout', 'airlock logout enterprise-production --as ada --forget'],
  run: async ({ args, options, context }) => {
    const folder = await openProjectFolder(context.cwd)
    const session = await readSession(folder.dir)
    const workspace = await chooseWorkspace(args.workspace ?? context.flags.workspace, folder, session)
    const stored = (await readCredentials(folder.dir))[workspace]
    const identity = context.flags.as ?? stored?.default ?? null
    const forgot = options.forget && identity !== null && (await forgetCredential(folder.dir, workspace, identity))
    if (stored?.default === identity) await setDefaultIdentity(folder.dir, workspace, null)
    if (session.workspace === workspace) await updateSession(folder.dir, ({ workspace: _, ...rest }) => rest)
    return {
      data: { workspace, identity, forgot },
      text: () => `signed out of ${workspace}${forgot ? `; the key of ${identity} is deleted` : ''}`,
    }
  },
})
