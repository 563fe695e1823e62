import { HeldStage, PlatformError } from '@airlock-ml/contract'
import { command } from '../manifest/command.ts'
import { faultOf } from '../promotion/contradictions.ts'
import { exportBundle, exportResult } from '../promotion/export.ts'
import { timeoutOption } from '../promotion/options.ts'
import { outcomeResult, planResult } from '../promotion/print.ts'
import { settle } from '../promotion/settle.ts'
import { openWorkspace } from '../workspace/open.ts'

export default command({
  name: 'promote',
  summary: 'Bring a model version from one workspace into a stage of another',
  description: `Exports a signed bundle at the source, asks for it at the destination, and waits. The destination verifies the bundle,
scores the model again, applies its own policy and asks its own approvers. Exit code 3 when it awaits approval; run
again, it goes on with the same promotion. With --export-only it stops after the export and prints the address of the
bundle; with --import-from it begins with that address.`,
  options: {
    model: { value: 'NAME', summary: 'Model', required: true },
    sourceWorkspace: { value: 'NAME', summary: 'Workspace that exports (needed without --import-from)' },
    destWorkspace: { value: 'NAME', summary: 'Workspace that imports (default: as `--workspace`)' },
    sourceStage: {
      value: 'STAGE',
      choices: HeldStage.options,
      summary: 'Export the version that holds this stage (default: staging)',
    },
    modelVersion: { value: 'N', integer: true, summary: 'Export this version instead' },
    destStage: { value: 'STAGE', summary: 'Stage to give', choices: HeldStage.options, default: 'production' },
    exportOnly: { summary: 'Export, print the address of the bundle, and stop' },
    importFrom: { value: 'URI', summary: 'Begin with a bundle that was exported before' },
    plan: { summary: 'Say what the destination would do with it, and ask for nothing' },
    timeout: timeoutOption,
  },
  examples: [
    'airlock promote --model breast_cancer_classifier --source-workspace enterprise-dev-staging --dest-workspace enterprise-production',
    'airlock promote --model breast_cancer_classifier --source-workspace enterprise-dev-staging --source-stage staging --export-only',
    'airlock promote --model breast_cancer_classifier --dest-workspace enterprise-production --import-from file:///…',
  ],
  run: async ({ options, context }) => {
    const { model, destStage: stage } = options
    const destination = options.destWorkspace ?? context.flags.workspace
    const fault = faultOf({ ...options, destination })
    if (fault) throw new PlatformError('cli_usage_invalid', fault)
    const bundle = options.importFrom
      ? { uri: options.importFrom }
      : await exportBundle(context, { ...options, sourceWorkspace: options.sourceWorkspace ?? '' })
    if (options.exportOnly) return exportResult(bundle)

    const workspace = await openWorkspace(context, destination)
    const { client, project, name } = workspace
    const body = { model, stage, bundle: { uri: bundle.uri } }
    const shown = { context, workspace: name }
    if (options.plan) return planResult(await client.planPromotion({ project, body }), shown)
    const requested = await client.requestPromotion({ project, body })
    context.note(`asked ${name} for ${stage}: promotion ${requested.id}`)
    const promotion = await settle(workspace, requested.id, {
      timeoutMs: options.timeout * 1_000,
      until: 'approval',
      onState: ({ state }) => context.note(`  ${state.replaceAll('_', ' ')}`),
      now: context.now,
    })
    return outcomeResult(promotion, shown)
  },
})
