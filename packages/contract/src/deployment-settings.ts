import { z } from 'zod'
import { MonitoringSettings, MonitoringSettingsChange } from './monitoring-settings.ts'

/** Where a service runs. */
export const DeploymentFlavor = z
  .enum(['local', 'docker', 'cloud-run'])
  .meta({ id: 'DeploymentFlavor', description: 'Where a service runs: a supervised process here, or a container.' })
export type DeploymentFlavor = z.infer<typeof DeploymentFlavor>

const limits = {
  bodyBytes: z.int().min(1_024).max(33_554_432).describe('The most a request may weigh.'),
  rowsPerRequest: z.int().min(1).max(100_000),
  requestsPerSecond: z.number().positive().nullable().describe('Of each key, in each process; null for no limit.'),
  waitingRows: z.int().min(1).max(1_000_000).describe('Rows in hand before others get 429.'),
  timeoutMs: z
    .int()
    .min(100)
    .max(600_000)
    .describe('Until a request that is not read whole, not answered, or whose answer nobody takes, is ended.'),
}

/** A hundred years; with many more, the moment to remove from lies before any that a date can say. */
const MOST_RETENTION_DAYS = 36_500

const log = {
  inputs: z
    .enum(['recorded', 'hashed', 'left-out'])
    .describe('`hashed`: only their HMAC-SHA-256 under a key of the deployment.'),
  durable: z.boolean().describe('Answer only when the prediction is on disk.'),
  partRows: z.int().min(100).max(1_000_000),
  partSeconds: z.number().min(0.1).max(86_400),
  retentionDays: z
    .int()
    .positive()
    .max(MOST_RETENTION_DAYS)
    .nullable()
    .describe('Parts older than this are removed; null: never.'),
}

const settings = {
  host: z.string().regex(/^[A-Za-z0-9.:_-]{1,253}$/, 'must be a host name or an address'),
  port: z.int().min(0).max(65_535).describe('0 for any free one, kept from then on.'),
  processes: z.int().min(1).max(16),
  requiresKey: z.boolean(),
  corsOrigins: z
    .array(
      z
        .string()
        .max(300)
        .regex(/^(\*|https?:\/\/[^/\s]+)$/, 'must be `*` or an origin as https://app.example'),
    )
    .max(50),
  onRecall: z
    .enum(['stop', 'go-on'])
    .describe('What to do when the version it serves is recalled: answer 503 until another holds the stage, or go on.'),
}

/** How a service answers. What is left out has its default. */
export const DeploymentSettings = z
  .strictObject({
    host: settings.host.default('127.0.0.1'),
    port: settings.port.default(0),
    processes: settings.processes.default(1),
    requiresKey: settings.requiresKey.default(true),
    corsOrigins: settings.corsOrigins.default([]),
    onRecall: settings.onRecall.default('stop'),
    limits: z
      .strictObject({
        bodyBytes: limits.bodyBytes.default(1_048_576),
        rowsPerRequest: limits.rowsPerRequest.default(1_000),
        requestsPerSecond: limits.requestsPerSecond.default(null),
        waitingRows: limits.waitingRows.default(10_000),
        timeoutMs: limits.timeoutMs.default(10_000),
      })
      .prefault({}),
    log: z
      .strictObject({
        inputs: log.inputs.default('recorded'),
        durable: log.durable.default(false),
        partRows: log.partRows.default(50_000),
        partSeconds: log.partSeconds.default(60),
        retentionDays: log.retentionDays.default(null),
      })
      .prefault({}),
    monitoring: MonitoringSettings.prefault({}),
  })
  .meta({ id: 'DeploymentSettings', description: 'How a service answers.' })
export type DeploymentSettings = z.output<typeof DeploymentSettings>

/** What to change of a service's settings. What is left out stays as it is. */
export const DeploymentSettingsChange = z
  .strictObject({
    ...settings,
    limits: z.strictObject(limits).partial(),
    log: z.strictObject(log).partial(),
    monitoring: MonitoringSettingsChange,
  })
  .partial()
  .meta({ id: 'DeploymentSettingsChange', description: 'What to change of how a service answers.' })
export type DeploymentSettingsChange = z.output<typeof DeploymentSettingsChange>
