import type { ComputedBy, LineageSource, Trace, TraceArtifact, TraceRun, TraceStep } from '@airlock-ml/contract'
import type { Context } from '../context.ts'
import type { Result } from '../output/result.ts'
import { metricsText } from '../output/show.ts'
import { sizeText } from '../output/size.ts'
import { approvalFaultText } from '../promotion/approval-fault.ts'
import { type Branch, branch, treeText } from './tree.ts'

/** What `trace` prints: the way back as a tree. */
export const traceResult = (trace: Trace, context: Context): Result => ({
  data: trace,
  text: () => traceText(trace, context),
})

/** The way back as a tree. */
export const traceText = (trace: Trace, context: Context): string =>
  rootsOf(trace, context)
    .map((root) => treeText(root))
    .join('\n')

function rootsOf(trace: Trace, context: Context): Branch[] {
  const { ref, workspace, artifact, version, promotion, run, versions } = trace
  const roots: Branch[] = []
  if (artifact)
    roots.push(branch(`artifact ${artifact.name ?? artifact.id}`, `digest ${artifact.digest}`, madeBy(artifact)))
  else if (ref.kind !== 'version') roots.push(branch(`${ref.kind} ${ref.id}`))
  if (run) roots.push(runBranch('run', run))
  if (version) roots.push(versionBranch(trace, context))
  else if (promotion)
    roots.push(branch(`promotion ${promotion.id}, ${promotion.state}`, `bundle ${promotion.bundle.digest}`))
  if (versions.length > 1)
    roots.push(
      branch(`versions of ${workspace} that stand on it`, ...versions.map((v) => `${v.model} ${v.number}, ${v.stage}`)),
    )
  return roots
}

const madeBy = ({ from, runId }: NonNullable<Trace['artifact']>): string | null =>
  from && `made by step ${from.step} as ${from.output}${runId ? ` of run ${runId}` : ''}`

function versionBranch(
  { workspace, version, stages, policy, promotion, bundle, training, data }: Trace,
  { colours }: Context,
): Branch {
  const { model, number, stage, digest, metrics, source, registeredAt } = version!
  return branch(
    colours.bold(`${model} ${number} of ${workspace}, ${stage}`),
    `model digest ${digest}`,
    `metrics ${metricsText(metrics)}`,
    `registered ${registeredAt}`,
    ...stages.map(
      (change) =>
        `${change.act} to ${change.stage} at ${change.at} by ${change.by}, policy version ${change.policyVersion}`,
    ),
    policy && `policy ${policy.name} version ${policy.version}, digest ${policy.digest}`,
    promotion &&
      branch(
        `promotion ${promotion.id}, asked for by ${promotion.requestedBy}`,
        ...promotion.gates.map(({ name, verdict }) => `gate ${name} ${verdict}`),
        ...promotion.approvals.map((each) => `${each.decision} by ${each.by} at ${each.at}${approvalFaultText(each)}`),
      ),
    bundle &&
      branch(
        `bundle ${bundle.digest}`,
        `version ${source.number} of ${source.workspace}`,
        bundle.keyHint && `signed by key ${bundle.keyHint}`,
        ...bundle.files.map(({ path, sha256, sizeBytes }) => `${path} ${sha256} ${sizeText(sizeBytes)}`),
      ),
    training && runBranch('training run', training),
    data.length + (training?.sources.length ?? 0) > 0
      ? branch(
          'data',
          ...data.map(({ step, output, digest: bytes }) => `${step}.${output} ${bytes}`),
          ...(training?.sources ?? []).map(sourceText),
        )
      : null,
  )
}

const sourceText = ({ name, version, digest: bytes, runId }: LineageSource): string =>
  `${name} version ${version} ${bytes}, ${runId === null ? 'from outside' : `of run ${runId}`}`

function runBranch(what: string, run: TraceRun): Branch {
  const { id, workspace, pipeline, environment, startedBy, startedAt, codeDigest, snapshotDigest } = run
  return branch(
    `${what} ${id} in ${workspace}`,
    `pipeline ${pipeline}, ${environment}, at ${startedAt} by ${startedBy}`,
    snapshotDigest && commitText(run),
    codeDigest && `code digest ${codeDigest}`,
    snapshotDigest && `snapshot ${snapshotDigest}`,
    Object.keys(run.parameters).length > 0 ? `parameters ${JSON.stringify(run.parameters)}` : null,
    ...run.steps.map(stepBranch),
  )
}

const stepBranch = ({ name, parameters, inputs, outputs, computedBy }: TraceStep): Branch =>
  branch(
    `step ${name}${computedBy ? `, taken from run ${computedBy.runId}` : ''}`,
    computedBy && computedByBranch(computedBy),
    Object.keys(parameters).length > 0 ? `parameters ${JSON.stringify(parameters)}` : null,
    ...Object.entries(inputs).map(([input, artifact]) => `reads ${input} ${artifact.digest}${origin(artifact)}`),
    ...Object.entries(outputs).map(
      ([output, { digest, type }]) => `makes ${output} ${digest}${type ? `, ${type}` : ''}`,
    ),
  )

const computedByBranch = ({ pipeline, startedAt, startedBy, ...run }: ComputedBy): Branch =>
  branch(
    `computed by pipeline ${pipeline}, at ${startedAt} by ${startedBy}`,
    commitText(run),
    `code digest ${run.codeDigest}`,
    `snapshot ${run.snapshotDigest}`,
  )

const commitText = ({ commit, dirty }: Pick<TraceRun, 'commit' | 'dirty'>): string =>
  `commit ${commit ?? 'not in git'}${dirty ? ', with changes that were not committed' : ''}`

const origin = ({ from }: TraceArtifact): string =>
  from ? `, from ${from.step}.${from.output}` : ', from outside the run'
