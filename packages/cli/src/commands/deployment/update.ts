import { isHeld, PlatformError } from '@airlock-ml/contract'
import { heldResult } from '../../change/print.ts'
import { shownDeployment } from '../../deployment/print.ts'
import { settingsFrom } from '../../deployment/settings.ts'
import { command } from '../../manifest/command.ts'
import { openWorkspace } from '../../workspace/open.ts'

export default command({
  name: 'deployment update',
  summary: 'Change settings, pipeline or challenger of a deployment; its service follows at once',
  description:
    'What is not named stays. A challenger answers beside the version that holds the stage: a shadow unheard, a canary a share of the keys. A canary has to pass the policy of the stage. Less of a canary, and none, is never refused.',
  args: { name: { summary: 'Deployment' } },
  options: {
    set: { value: 'NAME=VALUE', many: true, summary: 'Setting, as `port=8123` or `limits.rowsPerRequest=500`' },
    snapshot: { value: 'ID', summary: 'Snapshot of its pipeline that answers from now on' },
    challenger: { value: 'N', integer: true, summary: 'Version that answers beside the holder' },
    mode: { value: 'MODE', choices: ['shadow', 'canary'], default: 'shadow', summary: 'How the challenger answers' },
    share: { value: 'PERCENT', summary: 'Part of the keys that a canary answers (default: 5)' },
    step: {
      value: 'PERCENT:MINUTES',
      many: true,
      summary: 'Larger share that a canary comes to by itself, so many minutes after the one before; may be repeated',
    },
    comparison: { value: 'NAME', summary: 'Declared comparison that judges the challenger' },
    withoutChallenger: { summary: 'End the challenger' },
    reason: { value: 'TEXT', summary: 'Why, for the record' },
  },
  examples: [
    'airlock deployment update cancer-api --set limits.requestsPerSecond=100 --workspace enterprise-production',
    'airlock deployment update cancer-api --challenger 4 --mode canary --share 5 --step 25:30 --step 50:60 --step 100:60',
    'airlock deployment update cancer-api --without-challenger --reason "The guard broke"',
  ],
  run: async ({ args, options, context }) => {
    const body = {
      ...(options.set.length > 0 && { settings: settingsFrom(options.set) }),
      ...(options.snapshot !== undefined && { snapshotId: options.snapshot }),
      ...challengerOf(options),
    }
    if (Object.keys(body).length === 0)
      throw new PlatformError('cli_usage_invalid', 'Nothing is to be changed: give --set, --snapshot or --challenger.')
    const { client, project, name: workspace } = await openWorkspace(context)
    const path = { project, deployment: args.name }
    const updated = await client.updateDeployment({ ...path, body: { ...body, reason: options.reason ?? null } })
    return isHeld(updated) ? heldResult(updated, { context, workspace }) : shownDeployment(updated, context)
  },
})

type Wanted = {
  challenger: number | undefined
  mode: 'shadow' | 'canary'
  share: string | undefined
  step: readonly string[]
  comparison: string | undefined
  withoutChallenger: boolean
}

function challengerOf({ challenger: number, mode, share, step, comparison, withoutChallenger }: Wanted) {
  if (number !== undefined && withoutChallenger)
    throw new PlatformError('cli_usage_invalid', 'Give either --challenger or --without-challenger.')
  if (withoutChallenger) return { challenger: null }
  if (number === undefined) return {}
  return {
    challenger: {
      number,
      mode,
      ...(share !== undefined && { share: shareOf(share) }),
      steps: step.map(stepOf),
      comparison: comparison ?? null,
    },
  }
}

function stepOf(text: string): { share: number; minutes: number } {
  const [percent = '', minutes = ''] = text.split(':')
  if (/^\d+(\.\d+)?$/.test(minutes)) return { share: shareOf(percent), minutes: Number(minutes) }
  throw new PlatformError('cli_usage_invalid', `--step takes PERCENT:MINUTES, as 25:30, and not ${text}.`)
}

function shareOf(percent: string): number {
  const share = /^\d{1,3}(\.\d+)?$/.test(percent) ? Number(percent) / 100 : Number.NaN
  if (share <= 1) return share
  throw new PlatformError('cli_usage_invalid', `A share is a percentage from 0 to 100, and not ${percent}.`)
}
