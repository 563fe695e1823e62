export { filesNamedIn } from './cache/named-files.ts'
export type { CacheOptions } from './cache/step-cache.ts'
export { codeOf } from './code/code-of.ts'
export { dependenciesOf, lockFiles } from './code/dependencies-of.ts'
export { moduleFiles } from './code/module-files.ts'
export type { CommandOptions } from './command-step/command.ts'
export { type CommandStepDefinition, commandStep } from './command-step/command-step.ts'
export { type CompileOptions, compile } from './compile/compile.ts'
export { defineConfig, type ProjectConfig } from './config/define-config.ts'
export { loadConfig, type Project } from './config/load-config.ts'
export { type EnvironmentRequest, type LoadedEnvironment, loadEnvironment } from './config/load-environment.ts'
export { loadPipeline, pipelineFile, pipelineNames } from './config/load-pipeline.ts'
export type { CheckedConfig } from './config/project-schema.ts'
export { type Artifact, type Artifacts, json, model, table, text } from './define/artifact.ts'
export type { Called } from './define/called.ts'
export { constant } from './define/constant.ts'
export { type ArtifactDefinition, artifact, bytes } from './define/custom-artifact.ts'
export { group, map } from './define/fan-out.ts'
export { type Input, type Inputs, type ListInput, list, type OptionalInput, optional } from './define/inputs.ts'
export {
  isPipeline,
  type Pipeline,
  type PipelineDefinition,
  pipeline,
  type Trains,
  type Uses,
} from './define/pipeline.ts'
export type { Ref, Refs } from './define/ref.ts'
export type { CallSettings, Retry, StepSettings } from './define/settings.ts'
export { type Step, type StepArgs, type StepDefinition, step } from './define/step.ts'
export { NonRetryableError, RetryAfterError } from './define/step-errors.ts'
export type { Hook, HookEvent, Hooks, LoadedHook } from './run/hook.ts'
export { loadHooks } from './run/load-hooks.ts'
export type { NewVersion, RunEvent } from './run/run-event.ts'
export type { RunOutcome, RunPipelineOptions } from './run/run-options.ts'
export { runPipeline } from './run/run-pipeline.ts'
export type { RunInfo, StepContext, StepLog } from './run/step-context.ts'
export { type SchemaProblem, schemaProblems } from './schema-problems.ts'
