import { glob } from 'node:fs/promises'
import { join } from 'node:path'
import type { Policy } from '@airlock-ml/contract'
import { readPolicyFile } from '../policy/read-file.ts'
import type { ProjectFolder } from '../project/config.ts'
import type { OpenWorkspace } from '../workspace/open.ts'

/** Applies `governance/policies/*.yaml`, each to the workspace of the environment that is called like its stage. */
export async function applyPolicies(
  folder: ProjectFolder,
  workspaces: ReadonlyMap<string, OpenWorkspace>,
): Promise<Policy[]> {
  const applied: Policy[] = []
  const dir = join(folder.dir, 'governance', 'policies')
  const files: string[] = []
  for await (const file of glob('*.yaml', { cwd: dir })) files.push(file)
  for (const file of files.sort()) {
    const spec = await readPolicyFile(dir, file)
    const workspace = workspaces.get(folder.config.environments?.[spec.stage]?.workspace ?? '')
    if (workspace) applied.push(await workspace.client.applyPolicy({ project: workspace.project, body: spec }))
  }
  return applied
}
