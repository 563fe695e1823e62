import { ComponentType, KebabName, Labels } from '@airlock-ml/contract'
import { z } from 'zod'

const path = z.string().min(1)
const environment = z.strictObject({ workspace: KebabName, stack: KebabName, config: path })
const component = z.strictObject({
  type: ComponentType,
  flavor: KebabName,
  config: z.record(z.string(), z.json()).optional(),
})
const stack = z.strictObject({ labels: Labels.optional(), components: z.array(component).min(1).optional() })
const workspace = z.strictObject({
  stacks: z.record(KebabName, stack),
  url: z.url({ protocol: /^https?$/ }).optional(),
  trusts: z.array(KebabName).optional(),
  fourEyes: z.boolean().optional(),
})

/** The shape of airlock.config.ts. Whether the names in it fit together is looked at afterwards. */
export const projectSchema = z.strictObject({
  project: KebabName,
  exchange: path,
  workspaces: z.record(KebabName, workspace),
  environments: z.strictObject({
    local: environment.optional(),
    staging: environment.optional(),
    production: environment.optional(),
  }),
  pipelines: path.default('src/pipelines'),
  hooks: z
    .strictObject({
      success: z.array(path).default([]),
      failure: z.array(path).default([]),
      drift: z.array(path).default([]),
    })
    .default({ success: [], failure: [], drift: [] }),
})

/** A project's configuration, checked, with every default filled in. */
export type CheckedConfig = z.output<typeof projectSchema>
