// WatermelonDB on SQLite (better-sqlite3), its own synchronize(); "turbo" exists on phones only.
import { rmSync } from 'node:fs'
import { createRequire } from 'node:module'
import { FreeServer, documents, edited, tell, timed } from './office.mjs'

const require = createRequire(import.meta.url)
const { Database, Model, appSchema, tableSchema } = require('@nozbe/watermelondb')
const SQLiteAdapter = require('@nozbe/watermelondb/adapters/sqlite').default
const { synchronize } = require('@nozbe/watermelondb/sync')
require('@nozbe/watermelondb/utils/common/logger').default.silence()

const INDEXED = ['status', 'owner_id', 'project_id', 'opened_at', 'number']
// it keeps created_at for itself
const docs = documents(process.argv[2]).map(({ created_at, ...doc }) => ({ ...doc, opened_at: created_at }))
const server = new FreeServer(docs)
const names = Object.keys(docs[0]).filter((name) => name !== 'id')
const kind = (value) => (typeof value === 'number' ? 'number' : 'string')
const columns = names.map((name) => ({ name, type: kind(docs[0][name]), isOptional: true, isIndexed: INDEXED.includes(name) }))
class CaseFile extends Model {
  static table = 'cases'
}
const file = process.argv[3]
rmSync(file, { force: true })
const adapter = new SQLiteAdapter({ schema: appSchema({ version: 1, tables: [tableSchema({ name: 'cases', columns })] }), dbName: file })
const database = new Database({ adapter, modelClasses: [CaseFile] })

let pushed = 0
const sync = () =>
  synchronize({
    database,
    pullChanges: async ({ lastPulledAt }) => {
      const { documents: found, checkpoint } = server.after(lastPulledAt ?? 0, Infinity)
      const changes = lastPulledAt ? { created: [], updated: found, deleted: [] } : { created: found, updated: [], deleted: [] }
      return { changes: { cases: changes }, timestamp: checkpoint.number }
    },
    pushChanges: async ({ changes }) => {
      const sent = [...changes.cases.created, ...changes.cases.updated]
      pushed += sent.length
    }
  })
const first = await timed(sync)
server.change('there')
const delta = await timed(sync)
const mine = new Map(edited(docs).map((doc) => [doc.id, doc]))
const cases = database.get('cases')
const found = []
for (const id of mine.keys()) found.push(await cases.find(id))
await database.write(() =>
  database.batch(...found.map((one) => one.prepareUpdate((row) => Object.assign(row._raw, { description: mine.get(one.id).description, _changed: 'description', _status: 'updated' }))))
)
const push = await timed(sync)
const count = await cases.query().fetchCount()
tell({ first, delta, push, count, pushed })
process.exit(0)
