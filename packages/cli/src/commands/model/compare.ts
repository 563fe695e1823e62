import { PlatformError } from '@airlock-ml/contract'
import { compareVersions } from '../../comparison/compare.ts'
import { definitionFor } from '../../comparison/definition.ts'
import { comparisonText } from '../../comparison/print.ts'
import { command } from '../../manifest/command.ts'
import { openWorkspace } from '../../workspace/open.ts'

export default command({
  name: 'model compare',
  summary: 'Compare two versions on rows that neither was trained on',
  description: `Both models are scored here, on the hold-out of the challenger. The verdict is \`better\`, \`not worse\`, \`worse\` or \`not enough
data\`; nothing is recorded. As evidence for gates run the pipeline \`champion-challenger\`.`,
  args: { model: { summary: 'Model' } },
  options: {
    champion: {
      value: 'N',
      integer: true,
      summary: 'Version to hold the other against (default: who holds `staging`)',
    },
    challenger: { value: 'N', integer: true, summary: 'Version that is tried (default: the newest)' },
    comparison: {
      value: 'NAME',
      summary: 'Comparison of `governance/comparisons` that judges (default: the one that is declared for the model)',
    },
  },
  examples: ['airlock model compare breast_cancer_classifier --champion 1 --challenger 2'],
  run: async ({ args: { model }, options, context }) => {
    const { client, project, folder } = await openWorkspace(context)
    const { latestNumber, stages } = await client.showModel({ project, model })
    const against = options.champion ?? stages.staging
    if (against === null)
      throw new PlatformError('no_champion', `There is no champion: no version of ${model} holds staging.`)
    const number = options.challenger ?? latestNumber
    if (against === number) {
      const why = `${model} ${number} is champion and challenger: a version says nothing of itself.`
      throw new PlatformError('comparison_refused', why)
    }
    const champion = await client.showModelVersion({ project, model, number: against })
    const challenger = await client.showModelVersion({ project, model, number })
    const definition = await definitionFor(folder.dir, { model, name: options.comparison, challenger })
    const found = await compareVersions(client, { champion, challenger }, definition)
    return { data: found, text: () => comparisonText(found, context) }
  },
})
