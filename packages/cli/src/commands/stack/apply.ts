import { resolve } from 'node:path'
import { command } from '../../manifest/command.ts'
import { applyStacks } from '../../stack/apply.ts'
import { wantedStacks } from '../../stack/wanted-stacks.ts'
import { openWorkspace } from '../../workspace/open.ts'

export default command({
  name: 'stack apply',
  summary: 'Bring the stacks of a workspace to what the project says, and show what differs',
  description: `Says stack by stack what was created or changed. The same again changes nothing. Without --file it takes the stacks of
airlock.config.ts and of governance/stacks.yaml. Stacks that are not named stay as they are.`,
  options: {
    file: { short: 'f', value: 'FILE', summary: 'YAML file with stacks by workspace; only what it says is applied' },
    dryRun: { summary: 'Show the difference and change nothing' },
  },
  examples: [
    'airlock stack apply --workspace enterprise-production --dry-run',
    'airlock stack apply -f governance/stacks.yaml --workspace enterprise-production',
  ],
  run: async ({ options: { file, dryRun }, context }) => {
    const workspace = await openWorkspace(context)
    const path = file === undefined ? undefined : resolve(context.cwd, file)
    const wanted = await wantedStacks(workspace.folder, workspace.name, path)
    const applied = await applyStacks(workspace, wanted, { dryRun })
    const marks = { created: '+', changed: '~', unchanged: '=' }
    return {
      data: applied,
      text: () =>
        [
          `${dryRun ? 'would apply' : 'applied'} to ${applied.workspace}`,
          ...applied.stacks.flatMap(({ name, change, difference }) => [
            `${marks[change]} ${name} ${change}`,
            ...difference.map((line) => context.colours.dim(`    ${line}`)),
          ]),
          ...applied.others.map((name) => `  ${name} is not named here and stays as it is`),
        ].join('\n'),
    }
  },
})
