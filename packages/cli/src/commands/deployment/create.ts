import { DeploymentFlavor, HeldStage, KebabName, PlatformError } from '@airlock-ml/contract'
import { untilCarriedOut } from '../../deployment/ask-service.ts'
import { demandDocker } from '../../deployment/container/docker.ts'
import { addressOf } from '../../deployment/container/workspace-address.ts'
import { putHere } from '../../deployment/put-here.ts'
import { runService } from '../../deployment/run-service.ts'
import { settingsFrom } from '../../deployment/settings.ts'
import { startedResult } from '../../deployment/started-result.ts'
import { command } from '../../manifest/command.ts'
import { compilePipeline } from '../../run/compile-pipeline.ts'
import { environmentOption, paramOption, stackOption } from '../../run/options.ts'
import { openWorkspace } from '../../workspace/open.ts'

/** The key that `airlock deployment invoke` asks with. */
const INVOKE_KEY = 'command-line'

export default command({
  name: 'deployment create',
  summary: 'Deploy a pipeline: a service that answers with who holds a stage',
  description: `It compiles the pipeline, makes the deployment and starts its service, which goes on when the shell is closed and is started
again when it ends. The service keeps a copy of the code, so that it answers with what was deployed. A key named
command-line lets \`airlock deployment invoke\` ask it; --key-name makes one for an application, too, and shows it once. The flavor docker builds
an image and runs it here; cloud-run only makes the deployment: see \`airlock deployment manifest\`.`,
  options: {
    pipeline: { value: 'NAME', summary: 'Pipeline that serves a model, in src/pipelines/', required: true },
    name: { value: 'NAME', summary: 'What the deployment is called', required: true },
    stage: {
      value: 'STAGE',
      choices: HeldStage.options,
      default: 'production',
      summary: 'It answers with who holds it',
    },
    environment: { ...environmentOption, default: 'production' },
    stack: stackOption,
    param: paramOption,
    flavor: { value: 'FLAVOR', choices: DeploymentFlavor.options, default: 'local', summary: 'Where its service runs' },
    port: {
      value: 'PORT',
      port: true,
      default: 0,
      summary: 'Port to listen on; 0 for any free one, kept from then on',
    },
    processes: { value: 'N', integer: true, default: 1, summary: 'Processes that share the port' },
    set: { value: 'NAME=VALUE', many: true, summary: 'Setting, as `limits.rowsPerRequest=500`' },
    keyName: { value: 'NAME', summary: 'Make a key for this application, and show its secret once' },
    noStart: { summary: 'Make the deployment and start nothing' },
  },
  examples: [
    'airlock deployment create --pipeline realtime-inference --name cancer-api',
    'airlock deployment create --pipeline realtime-inference --name cancer-api --port 8123 --key-name clinic-portal',
    'airlock deployment create --pipeline realtime-inference --name cancer-api --environment staging --stage staging',
    'airlock deployment create --pipeline realtime-inference --name cancer-api --flavor docker --port 8123',
  ],
  run: async ({ options, context }) => {
    const { pipeline, name, stage, environment, stack, param: params, flavor, port, processes } = options
    const settings = { port, processes, ...settingsFrom(options.set) }
    demandNames(name, options.keyName)
    if (flavor === 'docker' && !options.noStart) await demandDocker(context)
    if (flavor === 'docker' && settings.port === 0)
      throw new PlatformError('cli_usage_invalid', 'The flavor docker publishes a port of this machine: give --port.')
    if (flavor !== 'local' && settings.processes !== 1)
      throw new PlatformError('cli_usage_invalid', `A container is one process: leave out --processes for ${flavor}.`)
    const compiled = await compilePipeline(context, { pipeline, environment, stack, params })
    const opened = await openWorkspace(context, compiled.workspace)
    const { client, project, folder, session, name: workspace } = opened
    if (flavor !== 'local') addressOf(folder, session, workspace)
    const snapshot = await client.createSnapshot({ project, body: compiled.spec })
    const body = { name, snapshotId: snapshot.id, stage, flavor, settings }
    const { deployment, serviceSecret: secret } = await client.createDeployment({ project, body })
    context.note(`deployment ${name} is made, of ${deployment.pipeline} with who holds ${stage} of ${deployment.model}`)
    const keyFor = async (keyName: string) =>
      (await client.createDeploymentKey({ project, deployment: name, body: { name: keyName, expiresAt: null } })).secret
    const invokeKey = await keyFor(INVOKE_KEY)
    const here = await putHere(context, { folder, workspace, deployment, snapshot, secret, invokeKey })
    const isStarted = !options.noStart && flavor !== 'cloud-run'
    const url = isStarted ? (await runService(context, opened, here, { isNew: true })).url : null
    // Last: its secret is shown once, and not at all where something fails before.
    const revisionNow = async () => (await client.showDeployment({ project, deployment: name })).report?.revision
    const makeKey = async () => (options.keyName === undefined ? null : await keyFor(options.keyName))
    const isAwaited = url !== null && options.keyName !== undefined
    const applicationKey = isAwaited ? await untilCarriedOut(revisionNow, makeKey) : await makeKey()
    return await startedResult(context, { opened, name, flavor, url, applicationKey })
  },
})

/** Before anything is made: what fails afterwards leaves a deployment. */
function demandNames(name: string, keyName: string | undefined): void {
  for (const [option, given] of Object.entries({ name, 'key-name': keyName })) {
    const [issue] = given === undefined ? [] : (KebabName.safeParse(given).error?.issues ?? [])
    if (issue) throw new PlatformError('cli_usage_invalid', `--${option} ${issue.message}.`)
  }
  if (keyName === INVOKE_KEY)
    throw new PlatformError(
      'cli_usage_invalid',
      `--key-name: ${INVOKE_KEY} is the key of \`airlock deployment invoke\`.`,
    )
}
