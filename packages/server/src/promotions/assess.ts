import { readFile } from 'node:fs/promises'
import { bundlePrefixOf, type FetchedBundle, fetchBundle, parseShallowJson } from '@airlock-ml/bundle'
import {
  type Evidence,
  LINEAGE_FILE,
  Lineage,
  type Manifest,
  PlatformError,
  SNAPSHOT_FILE,
  SnapshotSpec,
} from '@airlock-ml/contract'
import { sha256Hex } from '@airlock-ml/stack'
import type { Deps } from '../deps.ts'
import type { Scorer, Scores } from '../scoring/scorer.ts'
import { keysNotRemoved } from '../trust/store.ts'
import { demandBundleKey, findExportProof } from './demand-bundle-key.ts'

/** A bundle that was verified, with what this workspace worked out about it. */
export type Assessment = {
  bundle: FetchedBundle
  lineage: Lineage
  evidence: Evidence
  metrics: Record<string, number>
}

/**
 * Verifies a bundle into a private folder and works out the evidence: the signature by a trusted key, every size and
 * digest, and the model's scores on the evaluation table that travels with it. What the source merely says is
 * `asserted`, whatever grade it gives itself.
 * @throws PlatformError `exchange_uri_invalid`, `exchange_unreachable`, `bundle_not_found`, `bundle_invalid`,
 * `bundle_untrusted`, `bundle_key_retired`, `bundle_too_new`, `model_invalid`, `scoring_failed`
 */
export async function assess(
  deps: Deps,
  wanted: { uri: string; model: string; stagingDir: string },
): Promise<Assessment> {
  const prefix = bundlePrefixOf(deps.exchange.uri, wanted.uri)
  // It loads while the bundle is copied.
  const scorer = deps.scorers.take()
  try {
    return await assessWith(scorer, deps, { ...wanted, prefix })
  } finally {
    deps.scorers.giveBack(scorer)
  }
}

async function assessWith(
  scorer: Scorer,
  deps: Deps,
  { prefix, model, stagingDir }: { prefix: string; model: string; stagingDir: string },
): Promise<Assessment> {
  const trustedKeys = await keysNotRemoved(deps.db, 'bundles')
  const bundle = await fetchBundle({ exchange: deps.exchange, prefix, stagingDir, trustedKeys })
  const { manifest } = bundle
  await demandBundleKey(deps.db, bundle, await findExportProof(deps, bundle))
  if (manifest.source.model !== model)
    throw new PlatformError('bundle_other_model', `It holds the model ${manifest.source.model}, not ${model}.`, {
      model: manifest.source.model,
    })
  const innards = await checkInnards(bundle)
  const scores = await scorer.score({
    modelFile: bundle.files.get(fileOf(bundle, 'model').path)!,
    evaluationFile: bundle.files.get(fileOf(bundle, 'evaluation').path)!,
    spec: manifest.evaluation,
    isForeign: true,
  })
  return {
    bundle,
    lineage: innards.lineage,
    metrics: scores.metrics,
    evidence: evidenceOf(bundle, { ...innards, scores }),
  }
}

/** The bytes of one file of a verified bundle. */
const readBundled = (bundle: FetchedBundle, path: string): Promise<Uint8Array> => readFile(bundle.files.get(path)!)

const fileOf = ({ manifest }: FetchedBundle, role: string) => {
  const file = manifest.files.find(({ artifact }) => artifact?.role === role)
  if (file) return file
  throw new PlatformError('bundle_invalid', `It has no ${role}.`, { role })
}

/** Larger than the lineage of a run with 10,000 steps. */
const MAX_INNARD_BYTES = 64 * 1024 * 1024

type Innards = { lineage: Lineage; snapshot: SnapshotSpec }

/** Snapshot and lineage must be what the manifest says, and the model file the one it names. */
async function checkInnards(bundle: FetchedBundle): Promise<Innards> {
  const { manifest } = bundle
  for (const path of [SNAPSHOT_FILE, LINEAGE_FILE]) {
    const file = manifest.files.find((each) => each.path === path)
    if (!file) throw new PlatformError('bundle_invalid', `It has no ${path}.`, { file: path })
    if (file.sizeBytes > MAX_INNARD_BYTES)
      throw new PlatformError('bundle_invalid', `${path} has ${file.sizeBytes} bytes: more than it could need.`, {
        file: path,
      })
  }
  if (fileOf(bundle, 'model').sha256 !== manifest.model.digest)
    throw new PlatformError('bundle_invalid', 'The model file is not the one its manifest names.', {
      file: fileOf(bundle, 'model').path,
    })
  const snapshotBytes = await readBundled(bundle, SNAPSHOT_FILE)
  if (sha256Hex(snapshotBytes) !== manifest.training.snapshotDigest)
    throw new PlatformError('bundle_invalid', 'The snapshot is not the one its manifest names.', {
      file: SNAPSHOT_FILE,
    })
  const snapshot = parsed(SnapshotSpec, snapshotBytes, SNAPSHOT_FILE)
  const lineage = parsed(Lineage, await readBundled(bundle, LINEAGE_FILE), LINEAGE_FILE)
  if (lineage.runId !== manifest.training.runId)
    throw new PlatformError('bundle_invalid', 'The lineage is of another run than the manifest names.', {
      file: LINEAGE_FILE,
    })
  return { lineage, snapshot }
}

function parsed<T>(schema: { parse: (value: unknown) => T }, bytes: Uint8Array, file: string): T {
  try {
    return schema.parse(parseShallowJson(bytes))
  } catch (error) {
    throw new PlatformError('bundle_invalid', `${file} is not valid: ${(error as Error).message.slice(0, 500)}`, {
      file,
    })
  }
}

function evidenceOf(
  { manifest, digest, keyHint, workspace }: FetchedBundle,
  { scores, lineage, snapshot }: Innards & { scores: Scores },
): Evidence {
  const { metrics, intervals, columns } = scores
  const asserted = (value: Evidence['run']) => ({ grade: 'asserted' as const, value: value?.value ?? {} })
  const tables = manifest.files.filter(({ artifact }) => artifact?.type === 'table')
  return {
    metrics: { grade: 'recomputed', value: metrics },
    intervals: { grade: 'recomputed', value: intervals },
    data: {
      grade: 'recomputed',
      value: Object.fromEntries(
        tables.map(({ artifact, sha256, sizeBytes }) => [
          artifact!.role,
          {
            digest: sha256,
            sizeBytes,
            ...(artifact!.role === 'evaluation' ? { rows: metrics.rows ?? null, columns } : { rows: null }),
          },
        ]),
      ),
    },
    bundle: { grade: 'recomputed', value: { digest, workspace, key_hint: keyHint, files: manifest.files.length } },
    run: asserted(manifest.evidence.run),
    git: asserted({ grade: 'asserted', value: { commit: manifest.training.commit, dirty: manifest.training.dirty } }),
    hooks: asserted(manifest.evidence.hooks),
    source: asserted({
      grade: 'asserted',
      value: {
        ...manifest.source,
        metrics: manifest.model.metrics,
        staged_at: stagedAt(manifest),
        tables: tablesOf(lineage),
        dependencies: snapshot.code.dependencies ?? null,
        ...(manifest.comparisons && { comparisons: manifest.comparisons }),
      },
    }),
  }
}

/** The tables that its run made, by digest. */
const tablesOf = ({ steps }: Lineage): Record<string, string> =>
  Object.fromEntries(
    steps.flatMap(({ name, outputs }) =>
      Object.entries(outputs).flatMap(([output, { type, digest }]) =>
        type === 'table' ? [[`${name}.${output}`, digest]] : [],
      ),
    ),
  )

/** When it last got `staging` at its source, by the source's word. */
const stagedAt = ({ promotionChain }: Manifest): string | null =>
  promotionChain.findLast(({ stage }) => stage === 'staging')?.at ?? null
