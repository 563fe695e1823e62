import { existsSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { PlatformError } from '@airlock-ml/contract'
import { defaultAdminName } from '../init/admin-name.ts'
import { applyPolicies } from '../init/apply-policies.ts'
import { applyStacks } from '../init/apply-stacks.ts'
import { applyTrust } from '../init/apply-trust.ts'
import { makeWorkspaces } from '../init/make-workspaces.ts'
import { copyTemplate, templateFolder } from '../init/template.ts'
import { command } from '../manifest/command.ts'
import { openProjectFolder } from '../project/config.ts'
import { CONFIG_FILE } from '../project/find-project.ts'
import { type OpenWorkspace, openWorkspace } from '../workspace/open.ts'

export default command({
  name: 'init',
  summary: 'Make a project with its workspaces, or complete one',
  description: `Copies the reference project into an empty folder. Then, there or in the project that exists: makes the embedded
workspaces of airlock.config.ts with a first admin whose key it stores, their stacks, the trust between them, and the
policies of governance/policies/. Run again, it makes what is missing.`,
  args: { dir: { summary: 'Folder (default: this one)', optional: true } },
  options: {
    admin: { value: 'NAME', summary: 'First admin of each workspace (default: your user name)' },
    workspacesOnly: { summary: 'Copy nothing; the folder must be a project' },
  },
  examples: ['airlock init cancer-detection', 'airlock init --workspaces-only --admin ada'],
  run: async ({ args, options, context }) => {
    const dir = resolve(context.cwd, args.dir ?? '.')
    if (!existsSync(join(dir, CONFIG_FILE))) {
      if (options.workspacesOnly) {
        throw new PlatformError('cli_project_folder_not_found', `${dir} has no ${CONFIG_FILE}.`)
      }
      await copyTemplate(templateFolder(), dir)
      context.note(`copied the reference project to ${dir}`)
    }
    const admin = options.admin ?? defaultAdminName()
    const inProject = { ...context, cwd: dir }
    const folder = await openProjectFolder(dir)
    const workspaces = new Map<string, OpenWorkspace>()
    for (const name of await makeWorkspaces(folder, admin, context)) {
      workspaces.set(name, await openWorkspace(inProject, name))
    }
    const stacks = await Promise.all([...workspaces.values()].map(applyStacks))
    for (const [name, { trusts = [] }] of Object.entries(folder.config.workspaces)) {
      const reader = workspaces.get(name)
      for (const trusted of trusts) {
        const source = workspaces.get(trusted)
        if (reader && source) await applyTrust(reader, source)
      }
    }
    const policies = await applyPolicies(folder, workspaces)
    const items = [...workspaces.keys()].map((name, at) => ({
      name,
      stacks: stacks[at]?.map((stack) => stack.name) ?? [],
      trusts: folder.config.workspaces[name]?.trusts ?? [],
    }))
    return {
      data: { dir, project: folder.config.project, admin, workspaces: items, policies },
      text: () =>
        [
          ...items.map(({ name, stacks, trusts }) =>
            [`${name}: ${stacks.join(', ') || 'no stacks'}`, ...trusts.map((each) => `trusts ${each}`)].join('; '),
          ),
          ...policies.map(({ name, stage, version }) => `policy ${name} version ${version} guards ${stage}`),
          `${admin} is admin; keys are in .airlock/credentials.json`,
        ].join('\n'),
    }
  },
})
