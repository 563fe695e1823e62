import { shownDeployment } from '../../deployment/print.ts'
import { factFields, lastSwapTime, processHere } from '../../deployment/service-facts.ts'
import { folderOfService } from '../../deployment/service-folder.ts'
import { command } from '../../manifest/command.ts'
import { fieldLines } from '../../output/show.ts'
import { openWorkspace } from '../../workspace/open.ts'

export default command({
  name: 'deployment show',
  summary: 'Show a deployment, its settings, what its service said last, and how it runs here',
  description:
    'Of the last swap it says how long it took from the act that called for it to the last answer of the version before; of a challenger that was taken out, by whom and why.',
  args: { name: { summary: 'Deployment' } },
  examples: ['airlock deployment show cancer-api --workspace enterprise-production'],
  run: async ({ args, context }) => {
    const { client, project, folder, name: workspace } = await openWorkspace(context)
    const deployment = await client.showDeployment({ project, deployment: args.name })
    const facts = {
      swap: await lastSwapTime(client, deployment),
      here: await processHere(folderOfService(folder, workspace, deployment.name)),
    }
    const result = shownDeployment(deployment, context)
    const more = Object.values(factFields(facts, context)).some((value) => value !== undefined)
    return {
      data: { ...deployment, ...facts },
      text: async () =>
        [await result.text(), ...(more ? [fieldLines(factFields(facts, context), context)] : [])].join('\n\n'),
    }
  },
})
