import type { Policy } from '@airlock-ml/contract'
import { openObjectStore } from '@airlock-ml/stack'
import type { Context } from '../context.ts'
import type { ProjectFolder } from '../project/config.ts'
import { updateSession } from '../project/session.ts'
import { applyStacks } from '../stack/apply.ts'
import { wantedStacks } from '../stack/wanted-stacks.ts'
import { type OpenWorkspace, openWorkspace } from '../workspace/open.ts'
import { type AppliedComparison, applyComparisons } from './apply-comparisons.ts'
import { applyPolicies } from './apply-policies.ts'
import { applyTrust } from './apply-trust.ts'
import { makeWorkspaces } from './make-workspaces.ts'

/** What `init` made or found. */
export type Completed = {
  workspaces: { name: string; stacks: string[]; trusts: readonly string[] }[]
  policies: Policy[]
  comparisons: AppliedComparison[]
}

/** Brings the embedded workspaces of a project to what its airlock.config.ts and governance/ say. */
export async function completeProject(folder: ProjectFolder, admin: string, context: Context): Promise<Completed> {
  await openObjectStore(folder.exchange, { create: true })
  await updateSession(folder.dir, (session) => ({ ...session, admin }))
  const keys = await makeWorkspaces(folder, admin, context)
  const workspaces = new Map<string, OpenWorkspace>()
  for (const [name, apiKey] of keys) {
    workspaces.set(name, await openWorkspace({ ...context, cwd: folder.dir }, name, { apiKey }))
  }
  const completed: Completed['workspaces'] = []
  for (const [name, workspace] of workspaces) {
    const { trusts = [] } = folder.config.workspaces[name] ?? {}
    const { stacks } = await applyStacks(workspace, await wantedStacks(folder, name))
    const trusted: string[] = []
    for (const source of trusts.map((each) => workspaces.get(each))) {
      if (!source) continue
      const why = await applyTrust(workspace, { of: source, purposes: ['bundles', 'witness'] })
      if (why === null) trusted.push(source.name)
      else context.note(`${name} does not trust ${source.name}: ${why}`)
      const whyNotBack = await applyTrust(source, { of: workspace, purposes: ['receipts', 'witness'] })
      if (whyNotBack !== null) context.note(`${source.name} does not trust ${name}: ${whyNotBack}`)
    }
    completed.push({ name, stacks: stacks.map((stack) => stack.name), trusts: trusted })
  }
  return {
    workspaces: completed,
    policies: await applyPolicies(folder, workspaces, context),
    comparisons: await applyComparisons(folder, workspaces.values(), context),
  }
}
