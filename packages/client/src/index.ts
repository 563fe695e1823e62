export { allItems } from './all-items.ts'
export type { CallOptions, Client, ClientOptions, RetryNotice } from './client.ts'
export { createClient } from './create-client.ts'
