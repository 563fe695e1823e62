import { z } from 'zod'

/** Name of a model: snake_case or kebab-case, at most 63 characters. */
export const ModelName = z
  .string()
  .regex(/^[a-z0-9][a-z0-9_-]{0,62}$/, 'must be 1 to 63 of a-z, 0-9, _ and -, and begin with a letter or digit')
  .meta({ id: 'ModelName', description: 'Name of a model.' })

/** Name of a step or of one of its inputs and outputs: snake_case. */
export const StepName = z
  .string()
  .regex(/^[a-z][a-z0-9_]{0,62}$/, 'must be snake_case: 1 to 63 of a-z, 0-9 and _, and begin with a letter')
  .meta({ id: 'StepName', description: 'Name of a step, input or output.' })

/**
 * Name of an input as a run records it; `NAME.0`, `NAME.1` and so on for the items of a list, `loaded.0` and so on for
 * what a step loaded by name while it ran.
 */
export const InputName = z
  .string()
  .regex(/^[a-z][a-z0-9_]{0,62}(\.\d{1,5})?$/, 'must be snake_case, with the number of an item behind a dot')
  .meta({ id: 'InputName', description: 'Name of an input, with `.N` for an item of a list.' })

/** Name of a workspace, project, stack, pipeline, policy or identity: kebab-case, at most 63 characters. */
export const KebabName = z
  .string()
  .regex(/^[a-z0-9][a-z0-9-]{0,62}$/, 'must be kebab-case: 1 to 63 of a-z, 0-9 and -, and begin with a letter or digit')
  .meta({ id: 'KebabName', description: 'Name of a workspace, project, stack, pipeline, policy or identity.' })

/** Name of an artifact: `pipeline.step.output`. */
export const ArtifactName = z
  .string()
  .regex(
    /^[a-z0-9][a-z0-9_-]{0,62}(\.[a-z0-9][a-z0-9_-]{0,62}){0,3}$/,
    'must be names of a-z, 0-9, _ and -, joined by dots',
  )
  .meta({ id: 'ArtifactName', description: 'Name of an artifact: `pipeline.step.output`.' })

/** Name that a person gave an artifact: without a dot, so that it is none of `pipeline.step.output`. */
export const GivenName = z
  .string()
  .regex(/^[a-z0-9][a-z0-9_-]{0,62}$/, 'must be 1 to 63 of a-z, 0-9, _ and -, and begin with a letter or digit')
  .meta({ id: 'GivenName', description: 'Name that a person gave an artifact.' })

/** How a run is configured. */
export const Environment = z
  .enum(['local', 'staging', 'production'])
  .meta({ id: 'Environment', description: 'How a run is configured.' })
export type Environment = z.infer<typeof Environment>

/** An identifier given by the workspace: UUID version 7, so that it sorts by time. */
export const Id = z.uuid('must be a whole id, as the list shows it: a UUID').meta({ id: 'Id', description: 'UUIDv7.' })

/** SHA-256 of some bytes, as 64 lower-case hexadecimal characters. */
export const Sha256 = z
  .string()
  .regex(/^[0-9a-f]{64}$/, 'must be a SHA-256 as 64 lower-case hexadecimal characters')
  .meta({ id: 'Sha256', description: 'SHA-256, 64 lower-case hexadecimal characters.' })

/** A moment, UTC, to the millisecond. */
export const Timestamp = z.iso.datetime().meta({ id: 'Timestamp', description: 'A moment in UTC.' })

/** What a person says about an act. */
export const Reason = z.string().trim().min(1).max(2_000)

/** Inert JSON: what may be logged, digested and shown. */
export const Json = z.json()
export type Json = z.infer<typeof Json>

/** Flat labels, for cost and search. */
export const Labels = z.record(z.string().max(63), z.string().max(256))
