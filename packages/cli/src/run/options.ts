import { Environment, HeldStage } from '@airlock-ml/contract'

/** Options that pin a run to a version. */
export const versionOptions = {
  modelVersion: {
    value: 'N',
    integer: true,
    summary:
      'Version that a consuming pipeline is pinned to; of one that compares, the challenger (default: the newest)',
  },
  stage: { value: 'STAGE', choices: HeldStage.options, summary: 'Pin it to the version that holds this stage' },
  champion: { value: 'N', integer: true, summary: 'Version that a comparing pipeline holds the challenger against' },
} as const

/** Options of what compiles a pipeline. */
export const environmentOption = {
  value: 'NAME',
  choices: Environment.options,
  default: 'local',
  summary: 'How it is configured',
} as const
export const stackOption = { value: 'NAME', summary: 'Stack (default: the one of the environment)' } as const
export const paramOption = {
  value: 'NAME=VALUE',
  many: true,
  summary: 'Set a parameter; wins over the YAML file of the environment',
} as const
