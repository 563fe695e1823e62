import { existsSync } from 'node:fs'
import { join, relative, resolve } from 'node:path'
import { PlatformError } from '@airlock-ml/contract'
import { loadConfig, pipelineNames } from '@airlock-ml/sdk'
import { registeredText } from '../comparison/registered.ts'
import { defaultAdminName } from '../init/admin-name.ts'
import { completeProject } from '../init/complete-project.ts'
import { copyTemplate, templateFolder } from '../init/template.ts'
import { command } from '../manifest/command.ts'
import { openProjectFolder } from '../project/config.ts'
import { CONFIG_FILE } from '../project/find-project.ts'
import { readSession } from '../project/session.ts'

export default command({
  name: 'init',
  summary: 'Make a project with its workspaces, or complete one',
  description: `Copies the reference project into an empty folder. Then, there or in the project that exists: makes the embedded
workspaces of airlock.config.ts with a first admin whose key it stores, their stacks, the trust between them, the policies
of governance/policies/, and the comparisons of governance/comparisons/. Run again, it makes what is missing.`,
  args: { dir: { summary: 'Folder (default: this one)', optional: true } },
  options: {
    admin: { value: 'NAME', summary: 'First admin of each workspace (default: the one before, else your user name)' },
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
    const folder = await openProjectFolder(dir)
    const { config } = await loadConfig(dir)
    const session = await readSession(dir)
    const admin = options.admin ?? session.admin ?? defaultAdminName()
    const { workspaces, policies, comparisons } = await completeProject(folder, admin, context)
    return {
      data: { dir, project: config.project, admin, workspaces, policies, comparisons },
      text: async () =>
        [
          ...workspaces.map(({ name, stacks, trusts }) =>
            [`${name}: ${stacks.join(', ') || 'no stacks'}`, ...trusts.map((each) => `trusts ${each}`)].join('; '),
          ),
          ...policies.map(({ name, stage, version }) => `policy ${name} version ${version} guards ${stage}`),
          ...comparisons.map((each) => registeredText(each, each.workspace)),
          `${admin} is admin; the keys are in .airlock/credentials.json`,
          nextStep(await pipelineNames(dir, config), relative(context.cwd, dir)),
        ].join('\n'),
    }
  },
})

/** What to do now: train, where there is a training, in the folder of the project. */
function nextStep(pipelines: readonly string[], folder: string): string {
  const command = pipelines.includes('training') ? 'airlock run training' : 'airlock pipeline list'
  return `next: ${folder === '' ? '' : `cd ${folder} && `}${command}`
}
