import { isHeld, PlatformError } from '@airlock-ml/contract'
import { heldResult } from '../../change/print.ts'
import { besideFrom } from '../../deployment/beside-options.ts'
import { guardOption } from '../../deployment/guards.ts'
import { shownDeployment } from '../../deployment/print.ts'
import { settingsFrom } from '../../deployment/settings.ts'
import { command } from '../../manifest/command.ts'
import { openWorkspace } from '../../workspace/open.ts'

export default command({
  name: 'deployment update',
  summary: 'Change settings, pipeline, rollout or challenger of a deployment; its service follows at once',
  description:
    'What is not named stays. A challenger answers beside the version that holds the stage: a shadow unheard, a canary a share of the keys. A canary has to pass the policy of the stage. Less of a canary, and none, is never refused. With a rollout, whatever newly holds the stage begins as a canary beside the holder before it.',
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
      summary: 'Larger share of the canary or rollout, so many minutes after the one before',
    },
    comparison: { value: 'NAME', summary: 'Declared comparison that judges what answers beside' },
    guard: guardOption,
    withoutChallenger: { summary: 'End the challenger' },
    rollout: { value: 'PERCENT', summary: 'Part of the keys that whatever newly holds the stage begins with' },
    withoutRollout: { summary: 'Let whoever holds the stage answer alone at once' },
    reason: { value: 'TEXT', summary: 'Why, for the record' },
  },
  examples: [
    'airlock deployment update cancer-api --set limits.requestsPerSecond=100 --workspace enterprise-production',
    'airlock deployment update cancer-api --challenger 4 --mode canary --share 5 --step 25:30 --step 50:60 --step 100:60',
    'airlock deployment update cancer-api --rollout 5 --step 25:30 --step 50:60 --step 100:60',
    'airlock deployment update cancer-api --without-challenger --reason "The guard broke"',
  ],
  run: async ({ args, options, context }) => {
    const body = {
      ...(options.set.length > 0 && { settings: settingsFrom(options.set) }),
      ...(options.snapshot !== undefined && { snapshotId: options.snapshot }),
      ...besideFrom(options),
    }
    if (Object.keys(body).length === 0)
      throw new PlatformError(
        'cli_usage_invalid',
        'Nothing is to be changed: give --set, --snapshot, --rollout or --challenger.',
      )
    const { client, project, name: workspace } = await openWorkspace(context)
    const path = { project, deployment: args.name }
    const updated = await client.updateDeployment({ ...path, body: { ...body, reason: options.reason ?? null } })
    return isHeld(updated) ? heldResult(updated, { context, workspace }) : shownDeployment(updated, context)
  },
})
