import { PlatformError } from '@airlock-ml/contract'
import { compareVersions } from '../../comparison/compare.ts'
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
    judgedBy: {
      value: 'METRIC',
      choices: ['accuracy', 'recall', 'specificity', 'roc_auc'],
      default: 'accuracy',
      summary: 'What `better` and `not worse` are said of',
    },
    margin: { value: 'SHARE', default: '0.05', summary: 'The most that it may be worse and still count as not worse' },
    minRows: { value: 'N', integer: true, default: 100, summary: 'Rows below which nothing is said' },
  },
  examples: ['airlock model compare breast_cancer_classifier --champion 1 --challenger 2'],
  run: async ({ args: { model }, options, context }) => {
    const margin = Number(options.margin)
    if (!(margin > 0 && margin < 1)) {
      throw new PlatformError('cli_usage_invalid', `--margin is ${options.margin}; it is a share above 0 and below 1.`)
    }
    const { client, project } = await openWorkspace(context)
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
    const { judgedBy, minRows } = options
    const found = await compareVersions(client, { champion, challenger }, { judgedBy, margin, minRows })
    return { data: found, text: () => comparisonText(found, context) }
  },
})
