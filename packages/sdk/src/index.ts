export { type CompileOptions, compile } from './compile/compile.ts'
export { type Artifact, type Artifacts, json, model, table, text } from './define/artifact.ts'
export {
  isPipeline,
  type Pipeline,
  type PipelineDefinition,
  pipeline,
  type Trains,
  type Uses,
} from './define/pipeline.ts'
export type { Ref, Refs } from './define/ref.ts'
export { type Step, type StepArgs, type StepDefinition, step } from './define/step.ts'
export type { RunInfo, StepContext, StepLog } from './run/step-context.ts'
