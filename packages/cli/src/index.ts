export type { Host } from './context.ts'
export { main } from './main.ts'
export { generatedFiles } from './manifest/generate.ts'
