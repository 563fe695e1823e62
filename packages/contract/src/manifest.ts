import { z } from 'zod'
import { ArtifactType } from './artifacts.ts'
import { ComparisonResult } from './comparisons.ts'
import { Evidence, Grade } from './evidence.ts'
import {
  ArtifactName,
  Environment,
  Id,
  InputName,
  Json,
  KebabName,
  ModelName,
  Sha256,
  StepName,
  Timestamp,
} from './names.ts'
import { EvaluationSpec } from './pipelines.ts'

/** The manifest's own version. A reader refuses a newer one (`bundle_too_new`). */
export const MANIFEST_VERSION = 1
/** Names inside a bundle that are not artifacts. */
export const MANIFEST_FILE = 'manifest.json'
export const SIGNATURE_FILE = 'model.sig'
export const SNAPSHOT_FILE = 'snapshot.json'
export const LINEAGE_FILE = 'lineage.json'

/** A file's place in the bundle: one or two plain names, so that no path leads out of it. */
export const BundlePath = z
  .string()
  .max(200)
  .regex(
    /^[a-z0-9][a-z0-9_-]*(\.[a-z0-9]+)*(\/[a-z0-9][a-z0-9_-]*(\.[a-z0-9]+)*)?$/,
    'must be one or two plain names joined by /',
  )

export const BundleFile = z.strictObject({
  path: BundlePath,
  sha256: Sha256,
  sizeBytes: z.int().nonnegative(),
  artifact: z
    .strictObject({
      role: StepName,
      type: ArtifactType,
      id: Id,
      metadata: z
        .record(z.string().max(200), Json)
        .optional()
        .describe('What its maker said of it, as the kind of its bytes; absent where nothing was.'),
    })
    .nullable()
    .describe('The artifact these bytes are, with its role in the model version and its id in the source workspace.'),
})
export type BundleFile = z.infer<typeof BundleFile>

/** How a version compared at its source with others, by their bytes. Numbers and grade are the source's word. */
export const BundledComparison = z.strictObject({
  runId: Id,
  comparedAt: Timestamp,
  grade: Grade,
  challenger: z.int().positive(),
  champion: z.strictObject({ number: z.int().positive(), digest: Sha256 }),
  result: ComparisonResult,
})
export type BundledComparison = z.infer<typeof BundledComparison>

/** The most comparisons that travel: the latest with each champion. */
export const MAX_BUNDLED_COMPARISONS = 20

/**
 * What a bundle holds and where it comes from. Its bytes are RFC 8785 canonical JSON; their SHA-256 is the bundle's
 * digest. It holds no export time, so the same version always gives the same digest.
 */
export const Manifest = z
  .strictObject({
    formatVersion: z.literal(MANIFEST_VERSION),
    source: z.strictObject({
      workspace: KebabName,
      project: KebabName,
      model: ModelName,
      number: z.int().positive(),
      versionId: Id,
      registeredAt: Timestamp,
      registeredBy: z.string(),
    }),
    training: z.strictObject({
      runId: Id,
      pipeline: KebabName,
      environment: Environment,
      stack: KebabName,
      startedBy: z.string(),
      startedAt: Timestamp,
      endedAt: Timestamp,
      snapshotDigest: Sha256,
      commit: z.string().nullable(),
      dirty: z.boolean(),
    }),
    model: z.strictObject({
      digest: Sha256,
      parameters: z.record(z.string(), Json),
      metrics: z.record(z.string(), z.number()),
    }),
    evaluation: EvaluationSpec,
    evidence: Evidence.describe('What the source says. The reader recomputes what it gates on.'),
    comparisons: z
      .array(BundledComparison)
      .max(MAX_BUNDLED_COMPARISONS)
      .optional()
      .describe('The latest with each champion, newest first; absent where it was compared with none.'),
    promotionChain: z
      .array(
        z.strictObject({
          workspace: KebabName,
          stage: z.string(),
          at: Timestamp,
          by: z.string(),
          policyVersion: z.int().positive(),
        }),
      )
      .max(1_000),
    files: z
      .array(BundleFile)
      .min(3)
      .max(1_000)
      .describe('Every file but the manifest itself and the signature, by path.'),
  })
  .meta({ id: 'Manifest', description: 'What a bundle holds and where it comes from.' })
export type Manifest = z.infer<typeof Manifest>

/** The run that computed what a later one took over: as much of it as must be known where that run is not. */
export const ComputedBy = z
  .strictObject({
    runId: Id,
    pipeline: KebabName,
    startedBy: z.string(),
    startedAt: Timestamp,
    snapshotDigest: Sha256,
    codeDigest: Sha256,
    commit: z.string().nullable(),
    dirty: z.boolean(),
  })
  .meta({ id: 'ComputedBy', description: 'The run that computed what a later run took over.' })
export type ComputedBy = z.infer<typeof ComputedBy>

/**
 * An artifact that a run read and did not make, or that one of these was made from: what other runs made, and data that was
 * registered from outside.
 */
export const LineageSource = z
  .strictObject({
    id: Id,
    name: ArtifactName,
    version: z.int().positive(),
    digest: Sha256,
    runId: Id.nullable().describe('The run that made it; null for data from outside.'),
    commit: z.string().nullable().describe('Of the run that computed it.'),
  })
  .meta({ id: 'LineageSource', description: 'An artifact of another run, or from outside, that a run descends from.' })
export type LineageSource = z.infer<typeof LineageSource>

/** How the artifacts of a version came to be: the steps of its run, with what each read and wrote, by digest. */
export const Lineage = z
  .strictObject({
    formatVersion: z.literal(1),
    runId: Id,
    steps: z.array(
      z.strictObject({
        name: StepName,
        parameters: z.record(z.string(), Json),
        inputs: z.record(InputName, z.strictObject({ id: Id, digest: Sha256 })),
        outputs: z.record(
          StepName,
          z.strictObject({ id: Id, digest: Sha256, type: ArtifactType, sizeBytes: z.int().nonnegative() }),
        ),
        metadata: z.record(z.string(), Json),
        startedAt: Timestamp,
        endedAt: Timestamp,
        computedBy: ComputedBy.optional().describe('Where it was not run anew, but taken from a run before.'),
      }),
    ),
    sources: z.array(LineageSource).optional().describe('Left out where the run read nothing but what it made itself.'),
  })
  .meta({ id: 'Lineage', description: 'How the artifacts of a version came to be.' })
export type Lineage = z.infer<typeof Lineage>
