import { allItems, type Client } from '@airlock-ml/client'
import {
  type Approval,
  type AuditEvent,
  LINEAGE_FILE,
  MANIFEST_FILE,
  type ModelVersionWithDestinations,
  PlatformError,
  type Policy,
  SIGNATURE_FILE,
  SNAPSHOT_FILE,
  type Trace,
} from '@airlock-ml/contract'

/** An event as it was hashed, with the proof that it is in the log under the checkpoint. */
export type ProvenEvent = Awaited<ReturnType<Client['proveAuditEvent']>> & { event: AuditEvent }

/** What a person decided, with the public half of the key they signed it with. */
export type SignedDecision = { approval: Approval; publicKey: string }

/** All that an evidence pack is made of; the same state gives the same. */
export type Collected = {
  trace: Trace
  version: ModelVersionWithDestinations
  policy: Policy | null
  decisions: SignedDecision[]
  /** Files of the bundle by name, each checked against its digest; none for a version trained here. */
  bundleFiles: Map<string, Uint8Array>
  /** Oldest first. */
  events: ProvenEvent[]
  /** Public keys, PEM, as this workspace says. */
  keys: { workspace: string; source: string | null }
}

type Wanted = { project: string; model: string; number: number }

/** Reads from a workspace what an auditor needs to judge how a version came to where it is. */
export async function collectEvidence(client: Client, { project, model, number }: Wanted): Promise<Collected> {
  const trace = await client.trace({ project, ref: `${model}/${number}` })
  const version = await client.showModelVersion({ project, model, number })
  const { policy, promotion, bundle } = trace
  const importRun = promotion?.runId ? await client.showRun({ project, runId: promotion.runId }) : null
  const policyId = policy && `${policy.stage}/${policy.version}`
  const decisions = await signedDecisions(client, promotion?.approvals ?? [])
  const keys = decisions.map(({ approval }) => approval.keyFingerprint)
  const subjects = [`${model}/${number}`, promotion?.id, importRun?.id, policyId, ...keys].filter(
    (each) => each != null,
  )
  return {
    trace,
    version,
    policy: policy && (await client.showPolicy({ project, stage: policy.stage, version: policy.version })),
    decisions,
    bundleFiles: await bundleFiles(client, project, importRun?.metadata.files),
    events: await provenEvents(client, project, subjects),
    keys: {
      workspace: (await client.showWorkspace()).publicKey,
      source: bundle?.keyHint ? (await client.showTrustedKey({ keyHint: bundle.keyHint })).publicKey : null,
    },
  }
}

const signedDecisions = (client: Client, approvals: readonly Approval[]): Promise<SignedDecision[]> =>
  Promise.all(
    approvals.map(async (approval) => ({
      approval,
      publicKey: (await client.showDecisionKey({ fingerprint: approval.keyFingerprint })).publicKey,
    })),
  )

async function bundleFiles(client: Client, project: string, digests: unknown): Promise<Map<string, Uint8Array>> {
  const files = new Map<string, Uint8Array>()
  for (const name of [MANIFEST_FILE, SIGNATURE_FILE, SNAPSHOT_FILE, LINEAGE_FILE]) {
    const digest = (digests as Record<string, string> | undefined)?.[name]
    if (digest !== undefined) files.set(name, await readBlob(client, project, digest))
  }
  return files
}

async function readBlob(client: Client, project: string, sha256: string): Promise<Uint8Array> {
  const { sha256Hex } = await import('@airlock-ml/stack')
  const bytes = Buffer.from(await new Response(await client.getBlob({ project, sha256 })).arrayBuffer())
  if (sha256Hex(bytes) === sha256) return bytes
  throw new PlatformError('blob_damaged', `The bytes that came have another SHA-256 than ${sha256}.`)
}

/** Newest first asked, so that one checkpoint covers them all. */
async function provenEvents(client: Client, project: string, subjects: string[]): Promise<ProvenEvent[]> {
  const events = new Map<number, AuditEvent>()
  for (const subject of subjects)
    for await (const event of allItems(client.listAuditEvents, { subject, limit: 200 }))
      if (event.project === project || event.subject.kind === 'decision-key') events.set(event.sequence, event)
  const proven: ProvenEvent[] = []
  for (const event of [...events.values()].sort((a, b) => b.sequence - a.sequence))
    proven.unshift({ ...(await client.proveAuditEvent({ sequence: event.sequence })), event })
  return proven
}
