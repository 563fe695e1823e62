import { Environment } from '@airlock-ml/contract'

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
