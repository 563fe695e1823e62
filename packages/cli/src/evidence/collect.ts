import type { Client } from '@airlock-ml/client'
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
  /** Oldest first. The last says which others there are. */
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
  const keys = [...decisions.map(({ approval }) => approval.keyFingerprint), bundle?.keyHint]
  const subjects = [`${model}/${number}`, promotion?.id, importRun?.id, policyId, ...keys].filter(
    (each) => each != null,
  )
  const taken = await client.takeEvidence({ body: { project, subjects } })
  return {
    trace,
    version,
    policy: policy && (await client.showPolicy({ project, stage: policy.stage, version: policy.version })),
    decisions,
    bundleFiles: await bundleFiles(client, project, importRun?.metadata.files),
    events: await provenEvents(client, taken),
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

/** The events that evidence names, and the one that names them; newest first asked, so that one checkpoint covers them all. */
async function provenEvents(client: Client, taken: AuditEvent): Promise<ProvenEvent[]> {
  const { sequences } = taken.after as { sequences: number[] }
  const proven: ProvenEvent[] = []
  for (const sequence of [taken.sequence, ...sequences.toReversed()]) {
    const proof = await client.proveAuditEvent({ sequence })
    proven.unshift({ ...proof, event: JSON.parse(proof.entry) as AuditEvent })
  }
  return proven
}
