// RxDB in memory (its free SQLite storage stops at 500 documents), so nothing of it outlives the process.
import { createRxDatabase } from 'rxdb'
import { replicateRxCollection } from 'rxdb/plugins/replication'
import { getRxStorageMemory } from 'rxdb/plugins/storage-memory'
import { FreeServer, documents, edited, tell, timed } from './office.mjs'

const docs = documents(process.argv[2])
const server = new FreeServer(docs)
const text = { type: 'string' }
const properties = Object.fromEntries(Object.keys(docs[0]).map((name) => [name, {}]))
const schema = { version: 0, primaryKey: 'id', type: 'object', properties: { ...properties, id: { ...text, maxLength: 32 } } }
const database = await createRxDatabase({ name: 'doorstep', storage: getRxStorageMemory(), multiInstance: false })
const { cases } = await database.addCollections({ cases: { schema } })

let pushed = 0
const replication = replicateRxCollection({
  collection: cases,
  replicationIdentifier: 'office',
  live: true,
  pull: { batchSize: 1000, handler: async (checkpoint, most) => server.after(checkpoint?.number ?? 0, most) },
  push: {
    batchSize: 500,
    handler: async (rows) => {
      pushed += rows.length
      server.take(rows.map((row) => row.newDocumentState))
      return []
    }
  }
})
const first = await timed(() => replication.awaitInitialReplication())
server.change('there')
const delta = await timed(async () => {
  replication.reSync()
  await replication.awaitInSync()
})
const push = await timed(async () => {
  await cases.bulkUpsert(edited(docs))
  await replication.awaitInSync()
})
const count = await cases.count().exec()
tell({ first, delta, push, count, pushed })
process.exit(0)
