export { testMaterializer } from './test-materializer.ts'
export { type TestedStep, type TestStepOptions, testStep } from './test-step.ts'
