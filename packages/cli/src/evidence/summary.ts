import { metricsText } from '../output/show.ts'
import { approvalFaultText } from '../promotion/approval-fault.ts'
import type { Collected } from './collect.ts'
import { code, plain } from './markdown.ts'

/** SUMMARY.md: what happened, for people, and how to check it. Everything in it stands in the files beside it, too. */
export function summaryOf({ trace, version, policy, events, keys }: Collected): string {
  const { promotion, bundle, training } = trace
  const lines = [
    `# Evidence for ${version.model} ${version.number} of ${trace.workspace}`,
    '',
    `- Project ${code(trace.project)}, stage ${code(version.stage)}, model digest ${code(version.digest)}`,
    `- Metrics recorded here: ${metricsText(version.metrics)}`,
    `- Trained as version ${version.source.number} of ${code(version.source.workspace)} by run ${code(version.source.runId)}`,
    `- Commit ${code(version.source.commit)}${version.source.dirty ? ', with changes that were not committed' : ''}`,
    `- Snapshot ${code(version.source.snapshotDigest)}`,
    ...trace.data.map(({ step, output, digest }) => `- Data ${code(`${step}.${output}`)}: ${code(digest)}`),
    ...(training?.sources ?? []).map(({ name, version: number, digest, runId }) =>
      [
        `- Data ${code(name)} version ${number}`,
        `${code(digest)}`,
        runId ? `of run ${code(runId)}` : 'from outside',
      ].join(', '),
    ),
    ...(bundle ? [`- Bundle ${code(bundle.digest)}, signed by key ${code(bundle.keyHint)}`] : []),
    '',
    '## Stages',
    '',
    ...trace.stages.map(
      ({ act, stage, at, by, reason, policyVersion }) =>
        `- ${at}: ${act} to ${stage} by ${plain(by)}, policy version ${policyVersion}${reason ? `: ${plain(reason)}` : ''}`,
    ),
    ...(policy ? ['', `Policy ${code(policy.name)} version ${policy.version}, digest ${code(policy.digest)}.`] : []),
    ...(promotion ? promotionLines(promotion) : []),
    '',
    '## Training',
    '',
    ...(training?.steps ?? []).map(
      ({ name, inputs, outputs }) =>
        `- Step ${code(name)} reads ${Object.keys(inputs).length} and makes ${
          Object.values(outputs)
            .map(({ digest }) => code(digest))
            .join(', ') || 'nothing'
        }`,
    ),
    '',
    '## Audit events',
    '',
    ...events.map(
      ({ event }) =>
        `- ${event.sequence}: ${event.at} ${code(event.type)} by ${plain(event.actor.name)}, ${event.outcome}`,
    ),
    '',
    `These are all about this version up to event ${events.at(-1)?.sequence}, which says so in the log itself. What came later is not here.`,
    '',
    ...witnessLines(events),
    '',
    '## How to check this without us',
    '',
    'With bash and openssl, and two public keys that did not come with this file:',
    '',
    '    bash check.sh SOURCE.pem WORKSPACE.pem [WITNESS.pem]',
    '',
    ...(keys.source === null ? ['This version was trained here, so the first key is not used.', ''] : []),
    'It checks that the source signed manifest, snapshot and lineage, that each event is in the log whose head this',
    'workspace signed, and that each decision in `decisions/` was signed by the key that the log says is that person’s.',
    'With the key of the witness, too, it checks that this other workspace countersigned the same head: where the source',
    'is the witness, that is the key it signs with now. What it checks by hand, for one file:',
    '',
    '    openssl dgst -sha256 bundle/manifest.json        # the digest of the bundle',
    '    base64 -d decisions/01.sig >sig && openssl dgst -sha256 -verify decisions/01.pem -signature sig decisions/01.json',
    '    sha256sum bundle/snapshot.json bundle/lineage.json   # as bundle/manifest.json names them',
    '',
    'The keys in `keys/` are what the workspace says they are: compare them, do not start from them.',
  ]
  return `${lines.join('\n')}\n`
}

const witnessLines = (events: Collected['events']): string[] => {
  const seen = events.flatMap(({ size, countersignatures }) =>
    countersignatures.map(
      ({ workspace, at, keyHint }) =>
        `- The head of ${size} events was countersigned by ${code(workspace)} at ${at}, key ${code(keyHint)}`,
    ),
  )
  return seen.length > 0 ? [...new Set(seen)] : ['No witness has countersigned a head over these events yet.']
}

const promotionLines = ({
  id,
  requestedBy,
  requestedAt,
  gates,
  approvals,
  approvalsRequired,
  planDigest,
}: NonNullable<Collected['trace']['promotion']>): string[] => [
  '',
  '## Promotion',
  '',
  `- ${code(id)}, asked for by ${plain(requestedBy)} at ${requestedAt}, plan ${code(planDigest)}`,
  ...gates.map((gate) => `- Gate ${code(gate.name)} ${gate.verdict}: ${code(JSON.stringify(gate))}`),
  `- ${approvalsRequired} approval(s) required`,
  ...approvals.map(
    ({ by, decision, at, planDigest: plan, reason, keyFingerprint, fault }) =>
      `- ${decision} by ${plain(by)} at ${at}, plan ${code(plan)}, signed with key ${code(keyFingerprint)}${approvalFaultText({ fault })}${reason ? `: ${plain(reason)}` : ''}`,
  ),
]
