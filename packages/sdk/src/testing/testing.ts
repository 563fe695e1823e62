export { testMaterializer } from './test-materializer.ts'
export {
  type TestedPipeline,
  type TestedPipelineStep,
  type TestPipelineOptions,
  testPipeline,
} from './test-pipeline.ts'
export { type GivenArtifact, type TestedStep, type TestStepOptions, testStep } from './test-step.ts'
