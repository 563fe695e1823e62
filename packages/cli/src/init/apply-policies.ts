import { glob } from 'node:fs/promises'
import { join } from 'node:path'
import { isHeld, isPlatformError, type Policy } from '@airlock-ml/contract'
import { heldText } from '../change/print.ts'
import type { Context } from '../context.ts'
import { readPolicyFile } from '../policy/read-file.ts'
import type { ProjectFolder } from '../project/config.ts'
import type { OpenWorkspace } from '../workspace/open.ts'

/**
 * Puts `governance/policies/*.yaml` in force, each in the workspace of the environment that is called like its stage. A
 * stage that has a policy keeps it: replacing one is a decision of its own, `airlock policy apply`.
 */
export async function applyPolicies(
  folder: ProjectFolder,
  workspaces: ReadonlyMap<string, OpenWorkspace>,
  context: Pick<Context, 'note'>,
): Promise<Policy[]> {
  const inForce: Policy[] = []
  const dir = join(folder.dir, 'governance', 'policies')
  const files: string[] = []
  for await (const file of glob('*.yaml', { cwd: dir })) files.push(file)
  for (const file of files.sort()) {
    const spec = await readPolicyFile(dir, file)
    const workspace = workspaces.get(folder.config.environments?.[spec.stage]?.workspace ?? '')
    if (!workspace) continue
    const { client, project, name } = workspace
    const applied = (await policyOf(workspace, spec.stage)) ?? (await client.applyPolicy({ project, body: spec }))
    if (isHeld(applied)) context.note(`the policy ${file} waits: ${heldText(applied.change, name)}`)
    else inForce.push(applied)
  }
  return inForce
}

const policyOf = ({ client, project }: OpenWorkspace, stage: Policy['stage']): Promise<Policy | null> =>
  client.showPolicy({ project, stage }).catch((error: unknown) => {
    if (isPlatformError(error) && error.code === 'policy_not_found') return null
    throw error
  })
