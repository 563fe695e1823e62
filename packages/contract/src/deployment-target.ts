import { z } from 'zod'
import { ArtifactRef } from './artifacts.ts'
import { Guards } from './challengers.ts'
import { DeploymentSettings } from './deployment-settings.ts'
import { VersionNumber } from './models.ts'
import { Id, KebabName, ModelName, Sha256, StepName, Timestamp } from './names.ts'

/** A version with what a service must have to answer with it. */
export const ServedVersion = z
  .object({
    id: Id,
    model: ModelName,
    number: VersionNumber,
    sourceWorkspace: KebabName,
    sourceNumber: VersionNumber.describe('Its number where it was trained.'),
    digest: Sha256.describe('SHA-256 of the ONNX file.'),
    artifacts: z
      .record(StepName, ArtifactRef)
      .describe('By role: `model`, and `profile` where training made one. Never the data it was trained on.'),
  })
  .meta({ id: 'ServedVersion', description: 'A version with what a service must have to answer with it.' })
export type ServedVersion = z.infer<typeof ServedVersion>

/** What a service has to do now. It keeps a copy, and serves on by it while the workspace is away. */
export const DeploymentTarget = z
  .object({
    revision: Sha256.describe('Of the RFC 8785 JSON of all that follows: another one whenever something changed.'),
    deploymentId: Id,
    name: KebabName,
    project: KebabName,
    pipeline: KebabName,
    snapshotId: Id.describe('The pipeline that answers.'),
    settings: DeploymentSettings,
    champion: ServedVersion.nullable().describe('Who answers; null when nobody may.'),
    whyNobody: z
      .string()
      .nullable()
      .describe('Why `champion` is null: the stage is empty, or its holder was recalled.'),
    isRecalled: z
      .boolean()
      .default(false)
      .describe('Whether it is null for a recall. The service tells that to everybody, and why to callers with a key.'),
    challenger: z
      .object({
        version: ServedVersion,
        mode: z.enum(['shadow', 'canary']),
        share: z.number().describe('That of now: with each step it is another target.'),
        comparison: KebabName.nullable(),
        guards: Guards,
        since: Timestamp.describe('When it was let in: what `maxMinutes` is counted from.'),
      })
      .nullable(),
    whyNoChallenger: z
      .string()
      .nullable()
      .describe('Why the challenger that was set is not asked: it was barred since, or holds the stage itself.'),
    keys: z
      .array(
        z.object({
          id: Id,
          name: KebabName,
          sha256: Sha256.describe('Of the whole key.'),
          expiresAt: Timestamp.nullable(),
        }),
      )
      .describe('Who may ask. Keys are 256 random bits, so that a plain SHA-256 keeps them.'),
    inputsKey: z.string().describe('Base64 of the 32 bytes under which inputs are hashed. Keep it private.'),
  })
  .meta({ id: 'DeploymentTarget', description: 'What a service has to do now.' })
export type DeploymentTarget = z.infer<typeof DeploymentTarget>

/** What a service says of itself, every few seconds and after each change. */
export const ServiceReport = z
  .object({
    url: z.url({ protocol: /^https?$/ }).max(300),
    pid: z.int().positive().nullable(),
    number: VersionNumber.nullable().describe('Which version answers now; null while none does.'),
    digest: Sha256.nullable(),
    challengerNumber: VersionNumber.nullable(),
    revision: Sha256.nullable().describe('Of the target that it has carried out.'),
    fault: z.string().max(2_000).nullable().describe('Why it does not answer, or not as the target says.'),
    startedAt: Timestamp,
    stopping: z.boolean().default(false).describe('Its last word: it takes no more requests.'),
    counts: z.object({
      requests: z.int().nonnegative(),
      predictions: z.int().nonnegative(),
      refused: z.int().nonnegative(),
      failed: z.int().nonnegative(),
      logged: z.int().nonnegative(),
      logWaiting: z.int().nonnegative(),
      logLost: z.int().nonnegative().describe('Predictions that could not be recorded.'),
    }),
    shadow: z
      .object({
        answered: z.int().nonnegative(),
        failed: z.int().nonnegative().describe('Rows that it had no answer for.'),
        dropped: z.int().nonnegative().describe('Rows that it was not asked: it did not keep up, or was ended.'),
        unrecorded: z.int().nonnegative(),
      })
      .nullable()
      .default(null)
      .describe('What a shadow did since the service started.'),
    lastSwap: z
      .object({
        from: VersionNumber.nullable(),
        to: VersionNumber.nullable().describe('Null: nobody answers since.'),
        heardAt: Timestamp,
        swappedAt: Timestamp,
        lastOldAnswerAt: Timestamp.nullable().describe('When the old version gave its last answer.'),
        oldAnswersAfterHeard: z.int().nonnegative(),
      })
      .nullable(),
  })
  .meta({ id: 'ServiceReport', description: 'What a service says of itself.' })
export type ServiceReport = z.infer<typeof ServiceReport>
