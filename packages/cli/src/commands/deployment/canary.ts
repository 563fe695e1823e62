import { isHeld } from '@airlock-ml/contract'
import { heldResult } from '../../change/print.ts'
import { canaryFrom } from '../../deployment/canary.ts'
import { guardOption } from '../../deployment/guards.ts'
import { shownDeployment } from '../../deployment/print.ts'
import { command } from '../../manifest/command.ts'
import { openWorkspace } from '../../workspace/open.ts'

export default command({
  name: 'deployment canary',
  summary: 'Let a version answer more and more of the keys beside the holder, until a guard breaks',
  description:
    'The service takes it out by itself, at once and on record, when a guard breaks. Whoever was let in stays in as the share grows. A share of 100 % gives it no stage: when it has shown itself, promote it. To end it: `airlock deployment update NAME --without-challenger`.',
  args: { name: { summary: 'Deployment' } },
  options: {
    modelVersion: { value: 'N', integer: true, required: true, summary: 'Version that answers beside the holder' },
    steps: { value: 'PERCENTS', default: '5,25,50,100', summary: 'Shares of the keys, one after the other' },
    hold: { value: 'TIME', default: '30m', summary: 'How long it stays at each, as `90s`, `10m` or `2h`' },
    guard: guardOption,
    comparison: { value: 'NAME', summary: 'Declared comparison that judges it' },
    reason: { value: 'TEXT', summary: 'Why, for the record' },
  },
  examples: [
    'airlock deployment canary cancer-api --model-version 4 --workspace enterprise-production',
    'airlock deployment canary cancer-api --model-version 4 --steps 5,25,50,100 --hold 10m --guard errorRate=0.02 --guard p99Ratio=2',
  ],
  run: async ({ args, options, context }) => {
    const challenger = canaryFrom(options)
    const { client, project, name: workspace } = await openWorkspace(context)
    const body = { challenger, reason: options.reason ?? null }
    const updated = await client.updateDeployment({ project, deployment: args.name, body })
    return isHeld(updated) ? heldResult(updated, { context, workspace }) : shownDeployment(updated, context)
  },
})
